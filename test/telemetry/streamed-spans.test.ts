import { context } from '@opentelemetry/api';
import { createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { openTelemetry } from 'engramia-cutover/opentelemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { carrySpans, parentOf, tracedWorld, work } from './traced-world.ts';

beforeAll(carrySpans);
afterAll(() => context.disable());

it.each([
  ['dualwrite', { legacy: 'reader' }],
  ['shadow', { legacy: 'reader', candidate: 'cutover candidate' }],
  ['live', { candidate: 'reader' }],
  ['complete', { candidate: 'reader' }],
] as const)(
  'what a stream does while it is read belongs to its reader, of a mirrored one to its leg, in stage %s',
  async (stage, parents) => {
    const world = tracedWorld();
    const leg = async (name: string): Promise<AsyncGenerator<string>> => {
      await work(world.tracer, `${name} before`);
      return (async function* () {
        await work(world.tracer, `${name} within`);
        yield 'a chunk';
        await work(world.tracer, `${name} within`);
      })();
    };
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: () => leg('legacy'),
      candidate: shadowSafe(() => leg('candidate')),
      identify: () => ({ tenant: 'acme', task: 'Build a CSV parser' }),
      flags: memoryFlags(stage),
      tracing: openTelemetry({ tracer: world.tracer }),
    });
    const reply = await handler();
    await world.tracer.startActiveSpan('reader', async (span) => {
      for await (const chunk of reply) expect(chunk).toBe('a chunk');
      span.end();
    });
    await handler.close();
    for (const [name, parent] of Object.entries(parents)) {
      const spans = [world.one('reader'), world.one(`cutover ${name}`)];
      const parentsOf = (what: string) => world.ended(what).map((span) => parentOf(span, ...spans));
      expect(parentsOf(`${name} before`)).toEqual([`cutover ${name}`, `cutover ${name}`]);
      // Of a served candidate the first chunk is waited for, as long as legacy may still answer.
      const first = stage === 'live' ? undefined : parent;
      expect(parentsOf(`${name} within`)).toEqual([first, first, parent, parent]);
    }
  },
);
