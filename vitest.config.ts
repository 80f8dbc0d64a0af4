import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** Tests import the package by its name, as users do, and get the sources. */
export const alias = {
  'engramia-cutover/flags': source('flags/index.ts'),
  'engramia-cutover/express': source('router/adapters/express.ts'),
  'engramia-cutover/fastify': source('router/adapters/fastify.ts'),
  'engramia-cutover/fetch': source('router/adapters/fetch.ts'),
  'engramia-cutover/metrics': source('telemetry/metrics.ts'),
  'engramia-cutover/opentelemetry': source('telemetry/opentelemetry.ts'),
  'engramia-cutover/agents': source('agents/index.ts'),
  'engramia-cutover/openai': source('openai/index.ts'),
  'engramia-cutover/transcript': source('transcript/index.ts'),
  'engramia-cutover/pairs': source('pairs/index.ts'),
  'engramia-cutover/report': source('compare/report.ts'),
  'engramia-cutover/stores/memory': source('store/memory.ts'),
  'engramia-cutover/audit': source('audit/index.ts'),
  'engramia-cutover/rollout': source('rollout/index.ts'),
  'engramia-cutover/stores/sqlite': source('store/sqlite.ts'),
  'engramia-cutover/stores/postgres': source('store/postgres.ts'),
  'engramia-cutover/testing': source('testing/index.ts'),
  'engramia-cutover': source('index.ts'),
};

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
