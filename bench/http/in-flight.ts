import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { InFlightFigures } from './in-flight.child.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./in-flight.child.ts', import.meta.url));

/** Measures calls that wait, in a process of its own whose heap holds nothing else. */
export async function inFlightFigures(inFlight: number, rounds: number): Promise<InFlightFigures> {
  const args = [...process.execArgv, '--expose-gc', script, String(inFlight), String(rounds)];
  const { stdout } = await run(process.execPath, args);
  return JSON.parse(stdout) as InFlightFigures;
}
