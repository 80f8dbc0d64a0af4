import { createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { readReply } from './read-reply.ts';
import { streamKinds } from './stream-kinds.ts';
import type { Kind, Outcome, Site, WayIn } from './way-in.ts';

const object = { text: 'héllo', toolCalls: [{ name: 'search', arguments: { q: 1 } }] };
const error = Object.assign(new Error('boom'), { code: 'E_MINE' });
const nothing = Object.freeze({ neither: 'an error nor a string' });

const answers: Readonly<Record<string, () => unknown>> = {
  'a string': () => 'an answer that is long enough',
  'a promise of a string': async () => 'an answer that takes a turn',
  'a string in a later turn': () =>
    new Promise((resolve) => setImmediate(() => resolve('an answer that takes a while'))),
  'an object': () => object,
  'a promise of an object': async () => object,
  undefined: () => undefined,
  'a thrown error': () => {
    throw error;
  },
  'a thrown value': () => {
    throw nothing;
  },
  'a rejection': () => Promise.reject(error),
  'a rejection without a reason': () => Promise.reject(undefined),
  ...streamKinds,
};

const kinds: readonly Kind[] = Object.keys(answers).map((name) => ({ name, byCandidate: true }));

const give = (name: string): unknown => answers[name]?.();

async function outcomeOf(call: Promise<unknown>): Promise<Outcome> {
  const [settled] = await Promise.allSettled([call]);
  return settled.status === 'fulfilled'
    ? { status: 'fulfilled', value: await readReply(settled.value) }
    : { status: 'rejected', value: settled.reason };
}

/** A handler that is called. */
export const plainWay: WayIn = {
  name: 'a plain function',
  kinds,
  async open(options): Promise<Site> {
    if (options === undefined) {
      return {
        ask: ({ name }) => outcomeOf((async () => give(name))()),
        cutover: undefined,
        async [Symbol.asyncDispose]() {},
      };
    }
    const cutover = createCutoverHandler({
      ...options,
      name: 'chat',
      legacy: give,
      candidate: shadowSafe((_context, name: string) => give(name)),
      identify: (name) => ({ tenant: 'acme', task: `Answer with ${name}, please` }),
    });
    return {
      ask: ({ name }) => outcomeOf(cutover(name)),
      cutover,
      [Symbol.asyncDispose]: async () => void (await cutover.close({ timeoutMs: 1 })),
    };
  },
};
