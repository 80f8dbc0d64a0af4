import { defineConfig } from 'vitest/config';
import { alias } from './vitest.config.ts';

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['test/contract/**/*.contract.ts'],
    globalSetup: ['test/global-setup.ts'],
    environment: 'node',
    // A call that meets the rate limit waits for the next full minute.
    testTimeout: 150_000,
    hookTimeout: 150_000,
    // One service, one address: files would use up each other's calls.
    fileParallelism: false,
  },
});
