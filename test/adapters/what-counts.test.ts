import type { CallContext, Stage } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { expressWay } from './express-way.ts';
import { fastifyWay } from './fastify-way.ts';
import { fetchWay } from './fetch-way.ts';
import { type Setup, start } from './running.ts';
import type { WayIn } from './way-in.ts';

/** How the one call of a route was counted, once it has ended. */
async function countedAs(way: WayIn, stage: Stage, setup: Setup): Promise<string> {
  await using app = await start(way, stage, setup);
  const over = new Promise((resolve) => app.cutover.on('served', resolve));
  await Promise.all([app.ask(), over]);
  const { served, failed } = app.cutover.stats().routes.chat ?? {};
  const counts = Object.entries({ served, failed }).flatMap(([how, legs]) =>
    Object.entries(legs ?? {}).map(([leg, count]) => [`${how} ${leg}`, count] as const),
  );
  return counts.flatMap(([name, count]) => (count === 0 ? [] : [name])).join();
}

const refusal = (status: number): Setup => ({
  legacy: () => ({ status, text: 'a refusal' }),
  candidate: () => Response.json({ error: 'a refusal' }, { status }),
});

describe.each([
  { way: expressWay('Express 5'), refused: 'failed legacy' },
  { way: fastifyWay, refused: 'failed legacy' },
  { way: fetchWay('node:http'), refused: 'served legacy' },
])('a call behind $way.name', ({ way, refused }) => {
  it.each([
    [404, 'served candidate'],
    [503, 'failed candidate'],
  ])('that is refused with %i counts by who sends the reply', async (status, byCandidate) => {
    expect(await countedAs(way, 'dualwrite', refusal(status))).toBe(refused);
    expect(await countedAs(way, 'complete', refusal(status))).toBe(byCandidate);
  });

  it('counts as cut, not as failed, when its candidate gives up since the client has left', async () => {
    const asked = Promise.withResolvers<void>();
    const candidate = ({ signal }: CallContext) => {
      asked.resolve();
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    };
    await using app = await start(way, 'live', { candidate });
    const over = new Promise((resolve) => app.cutover.on('served', resolve));
    const gone = new AbortController();
    const answer = app.request(gone.signal).catch(() => undefined);
    await asked.promise;
    gone.abort();
    await Promise.all([answer, over]);
    expect(app.cutover.stats().routes.chat).toMatchObject({
      served: { legacy: 0, candidate: 1 },
      failed: { legacy: 0, candidate: 0 },
      cut: { legacy: 0, candidate: 1 },
    });
  });
});
