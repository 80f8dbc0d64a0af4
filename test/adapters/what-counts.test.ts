import type { CallContext, CutoverEventOf, Stage } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { expressWay } from './express-way.ts';
import { fastifyWay } from './fastify-way.ts';
import { fetchWay } from './fetch-way.ts';
import { type Setup, start, throwing } from './running.ts';
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

async function* words() {
  yield* ['one ', 'two'];
}

/** What is told of the one call of a route that the candidate serves. */
async function servedBy(way: WayIn, candidate: () => unknown) {
  await using app = await start(way, 'complete', { candidate });
  const told = new Promise<CutoverEventOf<'served'>>((resolve) =>
    app.cutover.on('served', resolve),
  );
  await app.ask();
  return { event: await told, firstChunk: app.cutover.stats().routes.chat?.firstChunk.candidate };
}

const refusal = (status: number): Setup => ({
  legacy: () => ({ status, text: 'a refusal' }),
  candidate: () => Response.json({ error: 'a refusal' }, { status }),
});

describe.each([
  { way: expressWay('Express 5'), refused: 'failed legacy', isResponse: false },
  { way: fastifyWay, refused: 'failed legacy', isResponse: false },
  { way: fetchWay('node:http'), refused: 'served legacy', isResponse: true },
])('a call behind $way.name', ({ way, refused, isResponse }) => {
  it.each([
    [404, 'served candidate'],
    [503, 'failed candidate'],
  ])('that is refused with %i counts by who sends the reply', async (status, byCandidate) => {
    expect(await countedAs(way, 'dualwrite', refusal(status))).toBe(refused);
    expect(await countedAs(way, 'complete', refusal(status))).toBe(byCandidate);
  });

  it('is timed to its first chunk where the candidate answers in pieces', async () => {
    const streamed = await servedBy(way, words);
    expect(streamed.event.firstChunkMs).toEqual(expect.any(Number));
    expect(streamed.firstChunk).toMatchObject({ count: 1 });
    const whole = await servedBy(way, () => 'one two');
    expect(Object.hasOwn(whole.event, 'firstChunkMs')).toBe(isResponse);
    expect(whole.firstChunk).toMatchObject({ count: isResponse ? 1 : 0 });
  });

  it.each<[string, Setup, number]>([
    ['legacy throws', { legacy: throwing('broke') }, 1],
    ['legacy fails by its status', refusal(503), 1],
    ['legacy refuses, if a refusal is a reply like any other', refusal(404), isResponse ? 1 : 0],
  ])('is compared where %s', async (_what, setup, pairs) => {
    await using app = await start(way, 'shadow', { ...setup, isSafe: true });
    await app.ask();
    await app.firstIsOver;
    await app.cutover.flush();
    expect(app.cutover.stats().mirror).toMatchObject({ offered: pairs, ok: { stored: pairs } });
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
