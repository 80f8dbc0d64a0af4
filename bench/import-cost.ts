import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What importing the package costs, against importing its dependencies alone. */
export interface ImportCost {
  /** Median CPU milliseconds of `import 'engramia-cutover'` in a fresh process. */
  readonly packageMs: number;
  /** Median CPU milliseconds of importing zod and eventemitter3 in a fresh process. */
  readonly baselineMs: number;
  readonly ratio: number;
}

function importCpuMs(specifiers: readonly string[], folder: string): number {
  const imports = specifiers.map((name) => `await import('${name}');`).join('');
  // CPU, as in the other figures: a process that waits for its turn on a busy machine does not look slow.
  const program = `const start = process.cpuUsage();${imports}
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
    packageMs: importCpuMs(['engramia-cutover'], folder),
    baselineMs: importCpuMs(['zod', 'eventemitter3'], folder),
  }));
  const packageMs = median(samples.map((sample) => sample.packageMs));
  const baselineMs = median(samples.map((sample) => sample.baselineMs));
  return { packageMs, baselineMs, ratio: packageMs / baselineMs };
}
