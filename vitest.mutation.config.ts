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
      // Hundreds of replies each, byte by byte, through code whose parts are all tested apart: half of what a mutant cost.
      'test/adapters/behaviour.test.ts',
      'test/express/{body-hold,learned-text,middleware-bytes}.test.ts',
      'test/fastify/handler-bytes.test.ts',
      'test/fetch/bare-bytes-hono.test.ts',
      'test/streams/openai-streams.test.ts',
      'test/promises/1-non-interference.test.ts', // a property, too
      // What reports say is none of the mutated rooms' work.
      'test/promises/planted-defects.test.ts',
      // An error's stack is part of what it compares, and mutants are called from elsewhere.
      'test/fetch/bare-bytes-bridge.test.ts',
      // What a mutated file retains is not what the file retains, nor does a child process load it.
      'test/shadow/memory.test.ts',
      'test/promises/{3-long-names,3-tenant-names,3-waiting-texts,9-quiet-failure}.test.ts',
    ],
    setupFiles: ['scripts/mutation/each-file.mjs', 'test/setup.ts'],
    environment: 'node',
    // A file's modules are loaded once a run: most of a mutant's time went into loading them for each file.
    isolate: false,
    // No test takes a second.
    testTimeout: 5_000,
    restoreMocks: true,
  },
});
