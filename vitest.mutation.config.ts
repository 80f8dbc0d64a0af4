import { defineConfig } from 'vitest/config';
import { alias } from './vitest.config.ts';

/** The tests that each mutant has to get past: those of the rooms that are mutated, without the slow ones. */
export default defineConfig({
  resolve: { alias },
  test: {
    include: [
      'test/{adapters,express,fastify,fetch,flags,promises,router,shadow,streams}/**/*.test.ts',
    ],
    exclude: [
      'test/**/*.property.test.ts',
      'test/**/*types.test.ts',
      'test/promises/4-isolation.test.ts', // tens of seconds of properties
      // An error's stack is part of what it compares, and mutants are called from elsewhere.
      'test/fetch/bare-bytes-bridge.test.ts',
      // What a mutated file retains is not what the file retains, nor does a child process load it.
      'test/shadow/memory.test.ts',
      'test/promises/9-quiet-failure.test.ts',
    ],
    setupFiles: ['test/setup.ts'],
    environment: 'node',
    // A file's modules are loaded once a run: most of a mutant's time went into loading them for each file.
    isolate: false,
    testTimeout: 20_000,
    restoreMocks: true,
  },
});
