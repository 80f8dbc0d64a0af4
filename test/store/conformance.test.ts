import { memoryStore } from 'engramia-cutover/stores/memory';
import { describe, it } from 'vitest';
import { testStore } from '../../src/testing/stores/store-suite.ts';
import { movableClock } from './movable-clock.ts';

testStore({
  name: 'memoryStore',
  make: () => {
    const { clock, advance } = movableClock();
    return { store: memoryStore({ clock }), advance };
  },
  describe,
  it,
});
