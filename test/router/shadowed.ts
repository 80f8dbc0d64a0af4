import { createEngramiaClient, oneScope, type Stage, shadowSafe } from 'engramia-cutover';
import { fakeEngramia } from 'engramia-cutover/testing';
import { chat } from './world.ts';

/** A route that learns and mirrors all that it may. */
export async function shadowed(stage: Stage, over: Parameters<typeof chat>[1] = {}) {
  const fake = await fakeEngramia({ keys: { key: { tenant: 'a', project: 'p', role: 'editor' } } });
  const client = createEngramiaClient({
    baseUrl: 'https://engramia.test',
    apiKey: 'key',
    fetch: fake.fetch,
  });
  const { handler, warnings } = chat(stage, {
    engramia: oneScope(client),
    candidate: shadowSafe(async () => 'candidate'),
    legacyShadow: async () => 'legacy in the shadow',
    ...over,
  });
  const counts = () => {
    const { learn, mirror } = handler.stats();
    return { learned: learn.offered, mirrored: mirror.offered };
  };
  return { handler, counts, warnings, fake };
}
