import { createCutoverHandler, type ReplyView, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { instantScope } from '../../bench/cases/scopes.ts';

const reply = { text: 'A CSV parser.', chunks: ['of a search', 'for passages'], truncated: false };

describe('a reply of the app that has fields named as ours', () => {
  it('is learned as what it is', async () => {
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (_task: string) => reply,
      candidate: async () => reply,
      identify: (task) => ({ tenant: 'acme', task }),
      flags: memoryFlags('dualwrite'),
      engramia: instantScope(),
    });
    expect(await handler('Build a CSV parser')).toBe(reply);
    await handler.close();
    expect(handler.stats().learn).toMatchObject({ ok: { stored: 1 }, skipped: { unreadable: 0 } });
  });

  it('is what the app’s own view gets, served and mirrored', async () => {
    const seen: unknown[] = [];
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (_task: string) => reply,
      candidate: shadowSafe(async () => ({ ...reply })),
      identify: (task) => ({ tenant: 'acme', task }),
      view: (value): ReplyView => {
        seen.push(value);
        return { text: value.text };
      },
      flags: memoryFlags('shadow'),
      engramia: instantScope(),
    });
    await handler('Build a CSV parser');
    await handler.close();
    expect(seen.length).toBeGreaterThan(0);
    for (const value of seen) expect(value).toEqual(reply);
  });
});

/** As the AI SDK's results of `streamText` are: each field is a new promise, and asking for one begins to read the stream. */
class LateResult {
  asked = 0;
  readonly #error = new Error('No output generated.');
  readonly isStreamed: boolean;

  constructor(isStreamed: boolean) {
    this.isStreamed = isStreamed;
  }

  get toTextStreamResponse() {
    return this.isStreamed ? () => new Response() : undefined;
  }

  get text(): Promise<string> {
    this.asked += 1;
    return Promise.reject(this.#error);
  }

  get content(): Promise<string> {
    return this.text;
  }
}

/** What is left unhandled when both legs answer so and are compared. */
async function unhandledAfter(reply: object) {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (_task: string) => reply,
    candidate: shadowSafe(async () => reply),
    identify: (task) => ({ tenant: 'acme', task }),
    flags: memoryFlags('shadow'),
    engramia: instantScope(),
    logger: { warn: () => undefined },
  });
  handler.on('compared', () => undefined);
  expect(await handler('Build a CSV parser')).toBe(reply);
  await handler.close();
  for (let turn = 0; turn < 3; turn += 1) await new Promise((next) => setImmediate(next));
  process.off('unhandledRejection', note);
  return { unhandled, skipped: handler.stats().learn.skipped.unreadable };
}

describe('a reply whose fields are promises', () => {
  it.each([
    ['is not asked for those of a stream', true, 0],
    ['rejects nothing that nobody handles', false, 1],
  ])('%s', async (_what, isStreamed, leastAsked) => {
    const late = new LateResult(isStreamed);
    expect(await unhandledAfter(late)).toEqual({ unhandled: [], skipped: 1 });
    if (leastAsked === 0) expect(late.asked).toBe(0);
    else expect(late.asked).toBeGreaterThan(0);
  });

  it('rejects nothing either where its text is there, and its tools are not', async () => {
    const reply = {
      text: 'Here it is.',
      get toolCalls() {
        return Promise.reject(new Error('No tools.'));
      },
    };
    expect(await unhandledAfter(reply)).toEqual({ unhandled: [], skipped: 0 });
  });
});
