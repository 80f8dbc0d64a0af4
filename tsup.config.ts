import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { defineConfig, type Options } from 'tsup';

/** What users import, and the file behind it. */
const entry = {
  index: 'src/index.ts',
  flags: 'src/flags/index.ts',
  express: 'src/router/adapters/express.ts',
  fastify: 'src/router/adapters/fastify.ts',
  fetch: 'src/router/adapters/fetch.ts',
  metrics: 'src/telemetry/metrics.ts',
  opentelemetry: 'src/telemetry/opentelemetry.ts',
  agents: 'src/agents/index.ts',
  openai: 'src/openai/index.ts',
  transcript: 'src/transcript/index.ts',
  pairs: 'src/pairs/index.ts',
  report: 'src/compare/report.ts',
  'stores/memory': 'src/store/memory.ts',
  audit: 'src/audit/index.ts',
  rollout: 'src/rollout/index.ts',
  'stores/sqlite': 'src/store/sqlite.ts',
  'stores/postgres': 'src/store/postgres.ts',
  testing: 'src/testing/index.ts',
  'text.worker': 'src/compare/text.worker.ts', // no entry for users: the comparison starts it as a thread
};

/** The thread is started for each process that compares: it takes only what it needs. */
const users = new Set(
  Object.values(entry)
    .filter((file) => !file.endsWith('.worker.ts'))
    .map((file) => resolve(file)),
);

/**
 * A chunk holds what the same entries need, and nearly every file of core is needed by other ones: two dozen chunks, which
 * took a sixth of what it costs to import the package. When all entries ask for all of core, it is one.
 */
const coreInOneChunk: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'core-in-one-chunk',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!users.has(path)) return undefined;
      return { contents: `${await readFile(path, 'utf8')}\nimport 'all-of-core';`, loader: 'ts' };
    });
    build.onResolve({ filter: /^all-of-core$/ }, ({ path }) => ({
      path,
      namespace: 'core',
      sideEffects: true, // else it is left out, since nothing is imported from it
    }));
    build.onLoad({ filter: /./, namespace: 'core' }, () => ({
      contents: globSync('src/core/*.ts', { cwd: import.meta.dirname })
        .map((file) => `import './${file}';`)
        .join('\n'),
      resolveDir: import.meta.dirname,
    }));
  },
};

export default defineConfig({
  entry,
  format: ['esm'],
  dts: true,
  target: 'node22',
  platform: 'node',
  sourcemap: true,
  splitting: true, // one copy of each class, so that instanceof holds across entries
  outDir: 'dist',
  esbuildPlugins: [coreInOneChunk],
  esbuildOptions(options) {
    // A third of what an import costs is the compiler reading text; names stay, for those who read a stack.
    options.minifyWhitespace = true;
  },
});
