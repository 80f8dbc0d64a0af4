import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { expressWay } from './express-way.ts';
import { fastifyWay } from './fastify-way.ts';
import { fetchWay } from './fetch-way.ts';
import { byLegacy, type Setup, start } from './running.ts';
import type { WayIn } from './way-in.ts';

const planted = 'a secret of the user';

async function* pieces(...chunks: unknown[]) {
  yield* chunks;
}

async function read(): Promise<Response> {
  const response = new Response(planted);
  await response.text();
  return response;
}

const circular: Record<string, unknown> = { [planted]: planted };
circular.self = circular;

/** What apps return by mistake, and the word that tells it apart. */
const mistakes: readonly [what: string, candidate: () => unknown, told: string][] = [
  ['a stream of objects', () => pieces({ delta: planted }), 'neither text nor bytes'],
  [
    'what streamText() gives',
    () => ({ toTextStreamResponse: () => new Response(planted) }),
    'what streamText() gives',
  ],
  ['nothing', () => undefined, 'nothing that can be sent: undefined.'],
  ['what JSON cannot hold', () => circular, 'cannot be written as JSON'],
  ['a Response that was read', read, 'has been read'],
  [
    'a stream that somebody reads',
    () => {
      const stream = new Blob([planted]).stream();
      stream.getReader();
      return stream;
    },
    'it is locked',
  ],
  ['an error Response', () => Response.error(), 'an error Response'],
];

const code = 'ERR_CUTOVER_UNSENDABLE_REPLY';

async function told(way: WayIn, stage: 'live' | 'shadow', setup: Setup) {
  const warnings: string[] = [];
  const logger = { warn: (line: string) => void warnings.push(line) };
  await using app = await start(way, stage, { ...setup, shared: { logger } });
  const events: unknown[] = [];
  const over = Promise.withResolvers<void>();
  app.cutover.on('fallback', ({ error }) => void events.push(error));
  app.cutover.on('compared', ({ mirrored }) => void events.push(mirrored.error));
  app.cutover.on('served', (event) => {
    if (event.status === 'rejected') events.push(event.error);
    over.resolve();
  });
  const answers = [];
  for (let n = 0; n < 2; n += 1) answers.push(await app.ask().catch(() => 'broken'));
  await over.promise;
  await app.cutover.flush();
  return { answers, events, warnings: warnings.filter((line) => line.includes('[candidate]')) };
}

describe.each([expressWay('Express 5'), fastifyWay, fetchWay('node:http')])(
  'behind $name a candidate that gives what cannot be sent',
  (way) => {
    it.each(mistakes)('is told by code and, once, by a sentence: %s', async (_what, give, word) => {
      const { answers, events, warnings } = await told(way, 'live', { candidate: give });
      expect(answers).toEqual([byLegacy, byLegacy]);
      expect(events).toEqual([
        { name: 'CutoverError', code },
        { name: 'CutoverError', code },
      ]);
      expect(warnings).toEqual([expect.stringContaining(word)]);
      expect(warnings[0]).toContain('The candidate of route "chat" gave a reply that cannot be');
      expect(inspect([events, warnings])).not.toContain(planted);
    });

    it.each(mistakes)('is told so in the shadow as well: %s', async (_what, give, word) => {
      const { answers, events, warnings } = await told(way, 'shadow', {
        candidate: give,
        isSafe: true,
      });
      expect(answers).toEqual([byLegacy, byLegacy]);
      expect(events).toMatchObject([{ code }, { code }]);
      expect(warnings).toEqual([expect.stringContaining(word)]);
      expect(inspect([events, warnings])).not.toContain(planted);
    });

    it('is told so where its stream has begun, too', async () => {
      const give = () => pieces('text', { delta: planted });
      const { answers, events, warnings } = await told(way, 'live', { candidate: give });
      expect(answers).toEqual(['broken', 'broken']);
      expect(events).toMatchObject([{ code }, { code }]);
      expect(warnings).toEqual([expect.stringContaining('neither text nor bytes')]);
    });

    it('is told nothing of where it throws an error of its own', async () => {
      const candidate = () => {
        throw new TypeError(planted);
      };
      const { events, warnings } = await told(way, 'live', { candidate });
      expect([events, warnings]).toEqual([[{ name: 'TypeError' }, { name: 'TypeError' }], []]);
    });
  },
);
