import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

interface TypeScriptConfig {
  readonly compilerOptions: { readonly paths: Readonly<Record<string, readonly [string]>> };
}

const { compilerOptions }: TypeScriptConfig = JSON.parse(
  readFileSync(pathOf('./tsconfig.json'), 'utf8'),
);

/**
 * Tests import the package by its name, as users do, and get the sources: where the compiler finds them. The package itself comes
 * last, since its name is how all others begin.
 */
export const alias = Object.fromEntries(
  Object.entries(compilerOptions.paths)
    .map(([name, [path]]) => [name, pathOf(path)] as const)
    .reverse(),
);

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    environment: 'node',
    // Left to itself it would leave one of two cores free.
    maxWorkers: 2,
    // Many wait for child processes, which a busy machine starts slowly.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      reporter: ['text', 'json-summary'],
      thresholds: { lines: 95, branches: 90 },
    },
  },
});
