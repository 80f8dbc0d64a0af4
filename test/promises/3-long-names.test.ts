import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CutoverHandler, createCutoverHandler, type Subject } from 'engramia-cutover';
import { type FlagProvider, memoryFlags } from 'engramia-cutover/flags';
import { memoryTranscript, type Transcript } from 'engramia-cutover/transcript';
import { expect, it } from 'vitest';
import { bytesInUse } from '../shadow/collect-garbage.ts';

const calls = 300;
const nameChars = 100_000;

/** A name as a client may choose it, in memory of its own. */
const nameOf = (index: number): string =>
  Buffer.from(`${index}-`.padEnd(nameChars, 'x')).toString('latin1');

type Handler = CutoverHandler<[Subject], Promise<string>>;
type Options = Parameters<typeof createCutoverHandler<[Subject], Promise<string>>>[0];

const handlerOf = (options: Partial<Options>): Handler =>
  createCutoverHandler<[Subject], Promise<string>>({
    name: 'chat',
    legacy: async () => 'legacy answers',
    candidate: async () => 'the candidate answers',
    identify: (subject) => subject,
    flags: memoryFlags('live'),
    ...options,
  });

const service: FlagProvider = {
  metadata: { name: 'service' },
  resolveStringEvaluation: async () => ({ value: 'off' }),
};

const hanging: Transcript = {
  append: () => new Promise(() => undefined),
  history: async () => [],
  erase: async () => undefined,
};

const task = 'What is it?';
const worlds: Readonly<Record<string, [Partial<Options>, (name: string) => Subject]>> = {
  'the decisions of users': [
    { flags: service },
    (user) => ({ tenant: 'acme', user, task: '', attributes: { plan: 'pro' } }),
  ],
  'the decisions of attributes': [
    { flags: service },
    (agent) => ({ tenant: 'acme', task: '', attributes: { agent } }),
  ],
  'the moments of conversations': [
    { transcript: { ...hanging, append: async () => undefined } },
    (conversation) => ({ tenant: 'acme', task, conversation }),
  ],
  'conversations that are no longer handed back': [
    { handBack: async () => Promise.reject(new Error('no')), view: () => undefined },
    (conversation) => ({ tenant: 'acme', task, conversation }),
  ],
  'conversations that wait for a store': [
    { transcript: hanging },
    (conversation) => ({ tenant: 'acme', task, conversation }),
  ],
};

it.each(Object.keys(worlds))(
  'Promise 3 (boundedness): %s take no more memory when clients choose long names',
  async (world) => {
    const [options, subjectOf] = worlds[world] as (typeof worlds)[string];
    const handler = handlerOf({ ...options, logger: { warn: () => undefined } });
    await handler(subjectOf('one'));
    const before = bytesInUse();
    for (let index = 0; index < calls; index += 1) {
      await handler(subjectOf(nameOf(index)));
      await nextTurn();
    }
    for (let turns = 0; turns < 20; turns += 1) await nextTurn();
    expect(bytesInUse() - before).toBeLessThan((calls * nameChars) / 1.5);
    await handler.close({ timeoutMs: 0 });
  },
);

it('tells long names apart that differ in half a character', async () => {
  const transcript = memoryTranscript();
  const handler = handlerOf({ transcript });
  const names = ['\ud800', '\ud801', '\ufffd'].map((last) => nameOf(1) + last);
  for (const [index, conversation] of names.entries()) {
    await handler({ tenant: 'acme', task: `question ${index}`, conversation });
  }
  await handler.flush();
  for (const [index, conversation] of names.entries()) {
    const [turn, ...rest] = await transcript.history('acme', conversation);
    expect([turn?.text, rest.length]).toEqual([`question ${index}`, 1]);
  }
  await handler.close();
});
