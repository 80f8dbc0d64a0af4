import { emulatedTarget } from './emulated-target.ts';
import { contractSuite } from './suite.ts';
import type { ContractTarget } from './target.ts';

/** The service that the environment names; its storage tells the mode. */
async function realTarget(url: string, editor: string): Promise<ContractTarget> {
  const base = url.replace(/\/+$/u, '');
  const headers = { authorization: `Bearer ${editor}` };
  const health = await fetch(`${base}/v1/health`, { headers });
  if (!health.ok) throw new Error(`GET ${base}/v1/health answered ${health.status}.`);
  const { storage } = (await health.json()) as { storage: string };
  const { ENGRAMIA_READER_KEY: reader, ENGRAMIA_ADMIN_KEY: admin } = process.env;
  return {
    name: 'the service',
    url: base,
    mode: storage === 'JSONStorage' ? 'json' : 'database',
    alone: process.env.ENGRAMIA_CONTRACT_ALONE === '1',
    keys: { editor, ...(reader ? { reader } : {}), ...(admin ? { admin } : {}) },
  };
}

contractSuite(await emulatedTarget('database'));
contractSuite(await emulatedTarget('json'));

const { ENGRAMIA_API_URL: url, ENGRAMIA_API_KEY: key } = process.env;
if (url && key) contractSuite(await realTarget(url, key));
else process.stdout.write('Not checked without ENGRAMIA_API_URL and ENGRAMIA_API_KEY: a service\n');
