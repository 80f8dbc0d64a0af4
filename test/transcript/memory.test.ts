import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ServedTurns } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { type MemoryTranscriptOptions, memoryTranscript } from 'engramia-cutover/transcript';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** One exchange: a question and an answer. */
function served(over: Partial<ServedTurns> & { text?: string } = {}): ServedTurns {
  const { text = 'question', at = 1000, ...ids } = over;
  const turn = { leg: 'legacy', at } as const;
  return {
    tenant: 'acme',
    conversation: 'c1',
    requestId: `request-${at}`,
    at,
    turns: [
      { role: 'user', text, ...turn },
      { role: 'assistant', text: `re: ${text}`, ...turn },
    ],
    ...ids,
  };
}

const atStart = (options: MemoryTranscriptOptions = {}) => {
  const clock = fakeClock(1000);
  return { clock, transcript: memoryTranscript({ clock, ...options }) };
};

const texts = async (
  transcript: ReturnType<typeof memoryTranscript>,
  tenant = 'acme',
  conversation = 'c1',
) => (await transcript.history(tenant, conversation)).map(({ text }) => text);

describe('a transcript in memory', () => {
  it('gives the turns of a conversation, oldest first, whatever the order in which they came', async () => {
    const { transcript } = atStart();
    for (const at of [1002, 1000, 1001]) await transcript.append(served({ at, text: `q${at}` }));
    expect(await texts(transcript)).toEqual([
      'q1000',
      're: q1000',
      'q1001',
      're: q1001',
      'q1002',
      're: q1002',
    ]);
  });

  it('gives exchanges of one moment in the order in which they came', async () => {
    const { transcript } = atStart();
    for (const requestId of ['b', 'a', 'c']) {
      await transcript.append(served({ at: 1000, requestId, text: requestId }));
    }
    expect(await texts(transcript)).toEqual(['b', 're: b', 'a', 're: a', 'c', 're: c']);
  });

  it('gives the latest turns of those before a moment', async () => {
    const { transcript } = atStart();
    for (const at of [1000, 1001, 1002]) await transcript.append(served({ at, text: `q${at}` }));
    const read = async (range: { limit?: number; before?: number }) =>
      (await transcript.history('acme', 'c1', range)).map(({ text }) => text);
    expect(await read({ limit: 3 })).toEqual(['re: q1001', 'q1002', 're: q1002']);
    expect(await read({ limit: 0 })).toEqual([]);
    expect(await read({ before: 1001 })).toEqual(['q1000', 're: q1000']);
    expect(await read({ before: 1002, limit: 1 })).toEqual(['re: q1001']);
  });

  it('keeps an exchange once, however often it is appended', async () => {
    const { transcript } = atStart();
    await transcript.append(served({ requestId: 'one' }));
    await transcript.append(served({ requestId: 'one', text: 'other' }));
    expect(await texts(transcript)).toEqual(['question', 're: question']);
    await transcript.append(served({ requestId: 'one', conversation: 'c2' }));
    expect(await texts(transcript, 'acme', 'c2')).toHaveLength(2);
  });

  it('keeps every exchange of calls that have one name: a job done twice, a server that counts anew', async () => {
    const { transcript } = atStart();
    await transcript.append(served({ at: 1000, requestId: 'req-1', text: 'first' }));
    await transcript.append(served({ at: 1001, requestId: 'req-1', text: 'second' }));
    expect(await texts(transcript)).toEqual(['first', 're: first', 'second', 're: second']);
  });

  it('gives copies, and keeps copies', async () => {
    const { transcript } = atStart();
    const given = served();
    await transcript.append(given);
    for (const turn of given.turns) turn.text = 'changed outside';
    for (const turn of await transcript.history('acme', 'c1')) Object.assign(turn, { text: 'x' });
    expect(await texts(transcript)).toEqual(['question', 're: question']);
  });

  it('tells tenants and conversations apart, whatever they are called', async () => {
    const { transcript } = atStart();
    const ids = [
      '__proto__',
      'constructor',
      'a',
      'a/b',
      'b/c',
      'b',
      'c',
      '',
      '1:a',
      'ä\0',
      '\ud800',
    ];
    const pairs = ids.flatMap((tenant) => ids.map((conversation) => ({ tenant, conversation })));
    for (const ids of pairs) {
      await transcript.append(served({ ...ids, text: JSON.stringify(ids) }));
    }
    for (const { tenant, conversation } of pairs) {
      const text = JSON.stringify({ tenant, conversation });
      expect(await texts(transcript, tenant, conversation)).toEqual([text, `re: ${text}`]);
    }
  });

  it('forgets a conversation, or a tenant, and nothing else', async () => {
    const { transcript } = atStart();
    for (const tenant of ['acme', 'tenant:acme'])
      for (const conversation of ['c1', 'c2'])
        await transcript.append(served({ tenant, conversation }));
    await transcript.erase('acme', 'c1');
    expect(await texts(transcript)).toEqual([]);
    expect(await texts(transcript, 'acme', 'c2')).toHaveLength(2);
    await transcript.erase('acme');
    expect(await texts(transcript, 'acme', 'c2')).toEqual([]);
    expect(await texts(transcript, 'tenant:acme', 'c1')).toHaveLength(2);
    await transcript.erase('nobody');
    expect(transcript.sizes).toMatchObject({ conversations: 2, turns: 4 });
  });

  it('does not keep what was answered before an erasure and comes after it', async () => {
    const { transcript, clock } = atStart();
    await clock.advance(10);
    await transcript.erase('acme', 'c1');
    await transcript.append(served({ at: 1009, requestId: 'before' }));
    await transcript.append(served({ at: 1010, requestId: 'in its moment' }));
    await transcript.append(served({ at: 1012, answeredAt: 1010, requestId: 'beside it' }));
    await transcript.append(served({ at: 1011, text: 'later' }));
    expect(await texts(transcript)).toEqual(['later', 're: later']);
    // Text is swept out meanwhile, but no erasure that it may have been on its way before.
    const swept = atStart({ ttlMs: 300_000 });
    await swept.transcript.erase('acme', 'c1');
    await swept.clock.advance(200_000);
    await swept.transcript.append(served({ at: 1000, requestId: 'before' }));
    expect(await texts(swept.transcript)).toEqual([]);
  });

  it('forgets turns when their time is over, also when nobody calls', async () => {
    const { transcript, clock } = atStart({ ttlMs: 10_000 });
    await transcript.append(served({ at: 1000, text: 'old' }));
    await transcript.append(served({ at: 9000, text: 'new' }));
    await clock.advance(10_000);
    expect(await texts(transcript)).toEqual(['new', 're: new']);
    await clock.advance(10_000);
    expect(transcript.sizes).toMatchObject({ conversations: 0, turns: 0, bytes: 0 });
    await transcript.append(served({ at: 10_000 }));
    expect(transcript.sizes.turns).toBe(0);
    await clock.advance(2000);
    expect(clock.pending).toBe(0);
  });

  it('keeps a turn for a day to the millisecond unless it is told otherwise, and in memory for an eighth longer', async () => {
    const day = 86_400_000;
    const { clock, transcript } = atStart();
    await transcript.append(served({ at: 1000 }));
    await clock.advance(day - 1);
    expect(await texts(transcript)).toHaveLength(2);
    await clock.advance(1);
    expect(await texts(transcript)).toEqual([]);
    await clock.advance(day / 8);
    expect(transcript.sizes).toMatchObject({ conversations: 0, turns: 0, bytes: 0 });
  });

  it('has a bound of 200 turns, 10,000 conversations and 64 MiB unless it is told otherwise', async () => {
    const { transcript } = atStart();
    for (let n = 0; n < 110; n += 1) await transcript.append(served({ at: 1000 + n }));
    expect(transcript.sizes).toMatchObject({ conversations: 1, turns: 200 });
    for (let n = 0; n < 10_100; n += 1) {
      await transcript.append(served({ tenant: `tenant ${n}`, text: 'x' }));
    }
    expect(transcript.sizes.conversations).toBe(10_000);
    // Two bytes a character: 8 MiB an exchange, and a little more.
    const text = 'x'.repeat(2 ** 21);
    for (let n = 0; n < 9; n += 1) await transcript.append(served({ tenant: `long ${n}`, text }));
    expect(transcript.sizes.conversations).toBe(7);
  });

  it('remembers thousands of erasures for what comes late, whatever its clock says then', async () => {
    const { clock, transcript } = atStart();
    for (let n = 0; n < 10_000; n += 1) await transcript.erase(`tenant ${n}`);
    clock.now = () => 500;
    await transcript.erase('tenant 0');
    clock.now = () => 2000;
    await transcript.append(served({ tenant: 'tenant 0', at: 1000 }));
    expect(await texts(transcript, 'tenant 0')).toEqual([]);
    await transcript.append(served({ tenant: 'tenant 0', at: 1001 }));
    expect(await texts(transcript, 'tenant 0')).toHaveLength(2);
  });

  it('keeps the latest turns of a conversation, whole exchanges of them', async () => {
    const { transcript } = atStart({ maxTurns: 5 });
    for (const at of [1000, 1001, 1002]) await transcript.append(served({ at, text: `q${at}` }));
    expect(await texts(transcript)).toEqual(['q1001', 're: q1001', 'q1002', 're: q1002']);
    expect(transcript.sizes.evicted).toBe(2);
  });

  it('lets the conversation go first that was quiet longest', async () => {
    const { transcript } = atStart({ maxConversations: 2, tenantShare: 1 });
    await transcript.append(served({ conversation: 'c1', at: 1000 }));
    await transcript.append(served({ conversation: 'c2', at: 1001 }));
    await transcript.append(served({ conversation: 'c1', at: 1002 }));
    await transcript.append(served({ conversation: 'c3', at: 1003 }));
    expect(await texts(transcript, 'acme', 'c1')).toHaveLength(4);
    expect(await texts(transcript, 'acme', 'c2')).toEqual([]);
    expect(transcript.sizes).toMatchObject({ conversations: 2, turns: 6, evicted: 2 });
  });

  it('lets a tenant that floods it push out its own conversations, not those of others', async () => {
    const { transcript } = atStart({ maxConversations: 8 });
    await transcript.append(served({ tenant: 'quiet' }));
    for (let n = 0; n < 100; n += 1)
      await transcript.append(served({ tenant: 'loud', conversation: `c${n}` }));
    expect(await texts(transcript, 'quiet')).toHaveLength(2);
    expect(transcript.sizes.conversations).toBe(8);
  });

  it('lets a tenant of long turns push out its own, however few they are', async () => {
    const { transcript } = atStart({ maxBytes: 20_000 });
    await transcript.append(served({ tenant: 'quiet' }));
    for (let n = 0; n < 9; n += 1) {
      const text = 'x'.repeat(1_500);
      await transcript.append(served({ tenant: 'loud', conversation: `c${n}`, text }));
    }
    expect(await texts(transcript, 'quiet')).toHaveLength(2);
    expect(transcript.sizes.bytes).toBeLessThanOrEqual(20_000);
  });

  it('holds what a tenant has now against its share, not what it had', async () => {
    const bounds = { maxBytes: 20_000, maxTurns: 12, tenantShare: 0.5 };
    const { transcript } = atStart(bounds);
    await transcript.append(served({ tenant: 'old', text: 'x'.repeat(1_000) }));
    await transcript.append(served({ tenant: 'other', text: 'x'.repeat(1_500) }));
    await transcript.append(served({ conversation: 'c0' }));
    // Nearly all of them go again.
    for (let n = 0; n < 30; n += 1) await transcript.append(served({ at: 1000 + n }));
    expect(transcript.sizes.conversations).toBe(4);
    // Now there is too much, and the tenant has less than its share: who was quiet longest goes.
    await transcript.append(served({ at: 1030, text: 'x'.repeat(500) }));
    expect(await texts(transcript)).toHaveLength(12);
    expect(await texts(transcript, 'other')).toHaveLength(2);
    expect(await texts(transcript, 'old')).toEqual([]);
  });

  it('does not keep an exchange that is larger than all there is', async () => {
    const { transcript } = atStart({ maxBytes: 4000 });
    await transcript.append(served({ text: 'x'.repeat(5000) }));
    expect(transcript.sizes).toMatchObject({ conversations: 0, bytes: 0, evicted: 2 });
  });

  it('keeps texts in memory of their own, not the texts that they were cut from', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const retained = (): number => {
      gc();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = retained();
    const { transcript } = atStart();
    for (let n = 0; n < 40; n += 1) {
      const large = `${n} `.repeat(250_000);
      await transcript.append(served({ at: 1000 + n, text: large.slice(500, 900) }));
    }
    // Forty of half a megabyte and more, were they kept.
    expect(retained() - before).toBeLessThan(5_000_000);
    expect(transcript.sizes.turns).toBe(80);
  });

  it('refuses bounds that cannot be kept, all at once', () => {
    const bad = { maxTurns: 1, maxBytes: 0, ttlMs: -1, tenantShare: 2, nothing: 1 };
    expect(() => memoryTranscript(bad as MemoryTranscriptOptions)).toThrow(
      /nothing is not an option.*maxTurns must.*maxBytes must.*ttlMs must.*tenantShare must/,
    );
  });
});

describe('under random traffic', () => {
  const step = fc.record({
    tenant: fc.constantFrom('a', 'b', '__proto__'),
    conversation: fc.constantFrom('1', '2', '3', '4'),
    at: fc.integer({ min: 1000, max: 1400 }),
    chars: fc.integer({ min: 0, max: 900 }),
    kind: fc.constantFrom('append', 'append', 'append', 'append', 'erase', 'wait'),
  });

  it('keeps its bounds, counts what it holds, and shows each conversation its own turns in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const clock = fakeClock(1000);
        const bounds = { maxTurns: 6, maxConversations: 5, maxBytes: 20_000, ttlMs: 300 };
        const transcript = memoryTranscript({ clock, ...bounds });
        let n = 0;
        for (const { kind, tenant, conversation, at, chars } of steps) {
          const ids = { tenant, conversation };
          const text = `${tenant}/${conversation} `.padEnd(chars, 'x');
          if (kind === 'append') {
            n += 1;
            await transcript.append(served({ ...ids, at, requestId: `r${n}`, text }));
          } else if (kind === 'erase') await transcript.erase(tenant, conversation);
          else await clock.advance(100);
          const { conversations, bytes } = transcript.sizes;
          expect(conversations).toBeLessThanOrEqual(5);
          expect(bytes).toBeLessThanOrEqual(20_000);
        }
        let turns = 0;
        for (const tenant of ['a', 'b', '__proto__']) {
          for (const conversation of ['1', '2', '3', '4']) {
            const seen = await transcript.history(tenant, conversation);
            turns += seen.length;
            expect(seen.length).toBeLessThanOrEqual(6);
            expect(seen.map(({ at }) => at)).toEqual(
              seen.map(({ at }) => at).toSorted((a, b) => a - b),
            );
            for (const { text, at } of seen) {
              expect(text.replace('re: ', '').startsWith(`${tenant}/${conversation}`)).toBe(true);
              expect(at).toBeGreaterThan(clock.now() - 300);
            }
          }
        }
        expect(turns).toBeLessThanOrEqual(transcript.sizes.turns);
        for (const tenant of ['a', 'b', '__proto__']) await transcript.erase(tenant);
        expect(transcript.sizes).toMatchObject({ conversations: 0, turns: 0, bytes: 0 });
      }),
      { numRuns: 200 },
    );
  });
});
