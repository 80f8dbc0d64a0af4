import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * What a script prints as JSON, run by itself: where a dozen other routers have had their turns, engines compile what is measured for
 * all their kinds of flags, which no app has.
 */
export async function inOwnProcess<Figures>(script: URL, ...args: number[]): Promise<Figures> {
  const file = fileURLToPath(script);
  const { stdout } = await execute(process.execPath, ['--expose-gc', file, ...args.map(String)]);
  return JSON.parse(stdout) as Figures;
}
