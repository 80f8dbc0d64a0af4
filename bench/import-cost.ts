import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What importing the package costs, against importing its dependencies alone. */
export interface ImportCost {
  /** Median CPU milliseconds of `import 'engramia-cutover'` in a fresh process. */
  readonly packageMs: number;
  /** The same, until a client of the service can call: zod is loaded with the first one. */
  readonly clientMs: number;
  /** Median CPU milliseconds of importing zod and eventemitter3 in a fresh process. */
  readonly baselineMs: number;
  readonly ratio: number;
}

const importing = (...names: readonly string[]): string =>
  names.map((name) => `await import('${name}');`).join('');

// What it is asked to send is refused by its schema, so that nothing is sent.
const client = `const { createEngramiaClient } = await import('engramia-cutover');
  const client = createEngramiaClient({ baseUrl: 'http://127.0.0.1:9', apiKey: 'key' });
  await client.learn({}).catch((error) => { if (error.sent !== false) throw error; });`;

function cpuMs(work: string, folder: string): number {
  // CPU, as in the other figures: a process that waits for its turn on a busy machine does not look slow.
  const program = `const start = process.cpuUsage();${work}
    const { user, system } = process.cpuUsage(start);
    process.stdout.write(String((user + system) / 1000));`;
  const args = ['--input-type=module', '--eval', program];
  return Number(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Imports the built package and its dependencies alone by turns, each in a fresh process, so that a slow moment of the
 * machine falls on both.
 */
export function importCost({
  folder = fileURLToPath(new URL('../', import.meta.url)),
  rounds = 15,
} = {}): ImportCost {
  const samples = Array.from({ length: rounds }, () => ({
    packageMs: cpuMs(importing('engramia-cutover'), folder),
    clientMs: cpuMs(client, folder),
    baselineMs: cpuMs(importing('zod', 'eventemitter3'), folder),
  }));
  const packageMs = median(samples.map((sample) => sample.packageMs));
  const baselineMs = median(samples.map((sample) => sample.baselineMs));
  const clientMs = median(samples.map((sample) => sample.clientMs));
  return { packageMs, clientMs, baselineMs, ratio: packageMs / baselineMs };
}
