import { createHash } from 'node:crypto';
import { shadowSafe } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { textFacts } from '../../../src/shadow/mirror/text-facts.ts';
import { chat } from '../../router/world.ts';
import { collectedPairs } from '../collected-pairs.ts';

const unitsPerTurn = 128 * 1024;

describe('what is told of a text', () => {
  it.each([
    ['an empty one', '', 0],
    ['one of a single turn', 'Grüße 🙂', 7],
    ['one of two turns', 'x'.repeat(unitsPerTurn + 1), unitsPerTurn + 1],
    ['a pair across two turns', `${'x'.repeat(unitsPerTurn - 1)}🙂y`, unitsPerTurn + 1],
    [
      'half a pair at the end of a turn',
      `${'x'.repeat(unitsPerTurn - 1)}\ud83dy`,
      unitsPerTurn + 1,
    ],
    [
      'half a pair at the end of all',
      `${'x'.repeat(2 * unitsPerTurn - 1)}\ud83d`,
      2 * unitsPerTurn,
    ],
    ['pairs alone, out of step', `x${'🙂'.repeat(unitsPerTurn)}`, unitsPerTurn + 1],
  ])('is its length and the hash of the whole, of %s', async (_what, text, chars) => {
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(await textFacts(text)).toEqual({ chars, sha256 });
  });

  it('takes a turn of the loop for each piece of a long one', async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    await textFacts('x'.repeat(10 * unitsPerTurn));
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(9);
  });
});

describe('the tools of a leg', () => {
  it.each<[string, () => unknown[], number | undefined]>([
    ['of very many calls are the first ones', () => Array(100_000).fill({ name: 'pay' }), 256],
    ['of a list that is nearly all holes are soon named', () => new Array(2 ** 32 - 1), 256],
    [
      'of a list that cannot be looked at are none',
      () => {
        const { proxy, revoke } = Proxy.revocable([], {});
        revoke();
        return proxy;
      },
      undefined,
    ],
  ])('%s', async (_what, make, count) => {
    const pairs = collectedPairs();
    const candidate = shadowSafe(async () => 'Paid.');
    const view = (text: string) => ({
      text,
      ...(text === 'Paid.' && { toolCalls: make() as never }),
    });
    const { handler } = chat('shadow', { pairs, candidate, view });
    await handler('u', 'Pay the bill.');
    await handler.close();
    expect(pairs.pairs).toHaveLength(1);
    expect(pairs.pairs[0]?.candidate.tools?.length).toBe(count);
  });
});
