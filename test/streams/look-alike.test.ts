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
