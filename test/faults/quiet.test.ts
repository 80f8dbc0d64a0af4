import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { faultServer, faults } from 'engramia-cutover/testing';
import { expect, it, onTestFinished } from 'vitest';

const script = fileURLToPath(new URL('./quiet.child.ts', import.meta.url));

it('lets a process end by itself while exchanges wait for services with every fault: no listener, no timer, no unhandled rejection', async () => {
  const servers = await Promise.all(faults.map((fault) => faultServer({ fault })));
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.close()))));
  const urls = servers.map(({ url }) => url);
  const child = spawn(process.execPath, [script, ...urls], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code] = await once(child, 'close');
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const told = JSON.parse(out) as { readonly failing: number };
  expect(told).toMatchObject({ replies: 50 * faults.length, unhandled: 0, listeners: [] });
  // It ended although these were not done.
  expect(told.failing).toBeGreaterThan(faults.length / 2);
}, 30_000);
