import { createCutoverHandler, type Subject, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { expect, it } from 'vitest';

const plain = { tenant: 'acme', task: 'What is it?' };

class Question {
  readonly tenant = 'acme';
  readonly task = 'What is it?';
}

const closed = (): never => {
  throw new Error('closed');
};

const subjects: Readonly<Record<string, () => Subject>> = {
  'one that is frozen': () => Object.freeze({ ...plain }),
  'one without a prototype': () => Object.assign(Object.create(null), plain),
  'one of a class': () => new Question(),
  'one with a getter of the app that throws': () =>
    Object.defineProperty({ ...plain }, 'session', { get: closed, enumerable: true }),
  'one whose conversation throws': () =>
    Object.defineProperty({ ...plain }, 'conversation', { get: closed, enumerable: true }),
  'a proxy that lists no fields': () => new Proxy({ ...plain }, { ownKeys: closed }),
};

it.each(Object.keys(subjects))('mirrors a call whose subject is %s', async (name) => {
  let runs = 0;
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async () => 'legacy answers',
    candidate: shadowSafe(async () => {
      runs += 1;
      return 'the candidate answers';
    }),
    identify: () => subjects[name]?.() as Subject,
    flags: memoryFlags('shadow'),
  });
  const errors: unknown[] = [];
  handler.on('error', (event) => errors.push(event));
  await handler();
  await handler.flush();
  expect({ runs, errors }).toEqual({ runs: 1, errors: [] });
  expect(handler.stats().mirror.ok.stored).toBe(1);
});
