import { describe, it } from 'vitest';
import { testStore } from '../../src/testing/stores/store-suite.ts';
import { postgresName, postgresWorld } from './postgres-world.ts';

const world = postgresWorld();

testStore({
  name: `postgresStore on ${postgresName}`,
  make: () => world.harness(),
  describe,
  it,
});
