import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { StagedPackage } from '../package/staged-package.ts';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

// An example imports the package by its name. Without this it would get whatever was last built into `dist`.
const redirection = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, /^engramia-cutover(\\/|$)/.test(specifier)
      ? { ...context, parentURL: import.meta.url }
      : context),
});
`;

/** What starts an example as its readers do, on the sources as they are staged. */
export function exampleArguments(staged: StagedPackage, file: string): string[] {
  const hook = join(staged.folder, 'staged-imports.mjs');
  writeFileSync(hook, redirection);
  return ['--import', pathToFileURL(hook).href, join(examples, file)];
}

/** Runs an example to its end. Rejects when it fails. */
export function runExample(
  staged: StagedPackage,
  file: string,
  timeoutMs: number,
): Promise<{ stdout: string; stderr: string }> {
  return staged.run(exampleArguments(staged, file), { timeoutMs });
}
