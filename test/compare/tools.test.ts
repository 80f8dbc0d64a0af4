import { describe, expect, it } from 'vitest';
import { comparableJson } from '../../src/compare/comparable-json.ts';
import type { ToolCall } from '../../src/core/call/subject.ts';
import type { CompareOptions } from '../../src/core/contracts/compare-options.ts';
import { divergence, layerOf } from './comparing.ts';

const call = (name: string, args: unknown = {}): ToolCall => ({ name, arguments: args });

async function found(
  legacy: readonly ToolCall[],
  candidate: readonly ToolCall[],
  options: CompareOptions = {},
) {
  const [first, second] = [
    { text: 'Done.', toolCalls: legacy },
    { text: 'Done.', toolCalls: candidate },
  ];
  const all = await divergence(first, second, options);
  return { verdict: all.verdict, ...layerOf(all, 'tools') };
}

describe('tool calls', () => {
  it('are the same whatever the order of their keys, and whether they are text or data', async () => {
    const data = { b: [1, { d: 1, c: 2 }], a: 'x' };
    const text = '{ "a": "x", "b": [1.0, {"c": 2, "d": 1e0}] }';
    expect(await found([call('f', data)], [call('f', text)])).toMatchObject({ verdict: 'same' });
  });

  it('are known by their names in the words of other libraries', async () => {
    const ways = (name: string): readonly unknown[] => [
      { name, arguments: { id: 1 } },
      { type: 'tool-call', toolName: name, input: { id: 1 } },
      { type: 'tool-call', toolName: name, args: { id: 1 } },
      { type: 'function', function: { name, arguments: '{"id":1}' } },
    ];
    for (const one of ways('refund') as ToolCall[]) {
      for (const other of ways('refund') as ToolCall[])
        expect(await found([one], [other])).toMatchObject({ verdict: 'same', say: 'same' });
      for (const other of ways('deleteAccount') as ToolCall[])
        expect(await found([one], [other])).toMatchObject({
          notes: ['tool-missing', 'tool-extra'],
        });
    }
  });

  it('are not known where one of them names no tool', async () => {
    const odd = [call('refund'), { kind: 'call', of: 'refund' }] as unknown as ToolCall[];
    expect((await found(odd, odd)).say).not.toBe('same');
    expect(await found(odd, [call('refund')])).toMatchObject({ notes: ['tools-unknown'] });
  });

  it('are the same however it is written that they were called with nothing', async () => {
    const ways: readonly ToolCall[] = [
      { name: 'f', arguments: undefined },
      ...['', '{}', ' { } ', {}, null].map((args) => ({ name: 'f', arguments: args })),
    ];
    for (const one of ways) {
      for (const other of ways)
        expect(await found([one], [other])).toMatchObject({ verdict: 'same', say: 'same' });
      expect(await found([one], [call('f', { a: 0 })])).toMatchObject({ say: 'different' });
      expect(await found([one], [call('f', [])])).toMatchObject({ say: 'different' });
    }
  });

  it.each([
    ['a missing one', [call('a'), call('b')], [call('a')], 'tool-missing', { missing: 1 }],
    ['an extra one', [call('a')], [call('a'), call('b')], 'tool-extra', { extra: 1 }],
    [
      'other arguments',
      [call('a', { id: 1 }), call('a', { id: 2 })],
      [call('a', { id: 2 }), call('a', { id: 3 })],
      'tool-arguments',
      { otherArguments: 1, matching: 1 },
    ],
    ['one called once more', [call('a')], [call('a'), call('a')], 'tool-extra', { extra: 1 }],
    [
      'another order',
      [call('a'), call('b')],
      [call('b'), call('a')],
      'tool-order',
      { matching: 2 },
    ],
  ])('tell %s apart', async (_, legacy, candidate, note, metrics) => {
    const none = { missing: 0, extra: 0, otherArguments: 0 };
    expect(await found(legacy, candidate)).toMatchObject({
      verdict: 'different',
      notes: [note],
      metrics: { ...none, ...metrics },
    });
  });

  it('may come in any order where the app says so', async () => {
    const [legacy, candidate] = [
      [call('a'), call('b')],
      [call('b'), call('a')],
    ];
    const options = { toolOrder: 'any' } as const;
    expect(await found(legacy, candidate, options)).toMatchObject({ verdict: 'same' });
  });

  it('say nothing where one leg did not tell of them', async () => {
    const silent = await divergence({ text: 'x', toolCalls: [call('a')] }, 'x');
    expect(silent.verdict).toBe('same');
    expect(layerOf(silent, 'tools')).toMatchObject({ say: 'none', notes: ['tools-unknown'] });
  });

  it('keep what they were called with to themselves', async () => {
    const secret = 'iban DE02 1203';
    const all = await divergence(
      { text: 'x', toolCalls: [call('pay', { secret })] },
      { text: 'x', toolCalls: [call(secret)] },
    );
    expect(JSON.stringify(all)).not.toContain('1203');
  });

  it('whose arguments cannot be read are compared by name', async () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    for (const hostile of [cycle, trap, 1n, Array(10_000).fill(0), new Array(2 ** 32 - 1)]) {
      expect(await found([call('f', hostile)], [call('f', hostile)])).toMatchObject({
        verdict: 'same',
      });
    }
  });
});

describe('tool calls with arguments of megabytes', () => {
  const [first, second] = ['x', 'y'].map((begin) => begin + ' and so on'.repeat(400_000));
  it.each([
    ['a text', (text?: string) => text],
    ['a field', (text?: string) => ({ text })],
    ['JSON', (text?: string) => JSON.stringify({ text })],
  ])('are compared by their beginning, in no time, as %s', async (_, make) => {
    expect(await found([call('f', make(first))], [call('f', make(first))])).toMatchObject({
      verdict: 'same',
    });
    expect(await found([call('f', make(first))], [call('f', make(second))])).toMatchObject({
      notes: ['tool-arguments'],
    });
    expect(comparableJson(make(first)).length).toBeLessThan(140_000);
  });
});

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: undefined, '\u20ac': 2, '\ud83d\ude00': 3 }, '{"b":1,"€":2,"😀":3}'],
    [[undefined, () => 1, null], '[null,null,null]'],
    [{ n: 1e21, z: -0, f: 0.1 }, '{"f":0.1,"n":1e+21,"z":0}'],
    [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    [JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
    ['plain', '"plain"'],
    ['{broken', '"{broken"'],
    [undefined, 'null'],
  ])('of %j is %s', (value, expected) => {
    expect(comparableJson(value)).toBe(expected);
  });
});
