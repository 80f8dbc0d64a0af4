import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
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
    'text.worker': 'src/compare/words/text.worker.ts', // no entry for users: the comparison starts it as a thread
  },
  format: ['esm'],
  dts: true,
  target: 'node22',
  platform: 'node',
  sourcemap: true,
  splitting: true, // one copy of each class, so that instanceof holds across entries
  outDir: 'dist',
  // Not minified: Node prints the line of an error that nobody has caught, and of one long line that is all of the code. It costs a
  // twelfth of an import.
});
