import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** The built package in a project of its own, where programs can import it by its name. */
export interface StagedPackage extends Disposable {
  /** The project's folder; its dependencies are found in the repository. */
  readonly folder: string;
  /** Runs a program by this Node, in the project. Rejects when it fails. */
  run(
    args: readonly string[],
    options?: { env?: Record<string, string>; timeoutMs?: number },
  ): Promise<{ stdout: string; stderr: string }>;
}

/**
 * Builds the sources as they are now into a folder of its own: neither an older `dist` nor a build that runs at the
 * same time can be what is tested.
 */
export async function stagePackage(): Promise<StagedPackage> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'engramia-cutover-'));
  const home = join(folder, 'node_modules/engramia-cutover');
  mkdirSync(home, { recursive: true });
  cpSync(join(root, 'package.json'), join(home, 'package.json'));
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js');
  const flags = ['--no-dts', '--silent', '--out-dir', join(home, 'dist')];
  await run(process.execPath, [tsup, ...flags], { cwd: root });
  return {
    folder,
    run: (args, { env = {}, timeoutMs = 10_000 } = {}) =>
      run(process.execPath, args, {
        cwd: folder,
        env: { PATH: process.env.PATH, ...env },
        timeout: timeoutMs,
      }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
