import { describe, expect, it } from 'vitest';
import { compared, divergence, layerOf } from './comparing.ts';

const maxChars = 1_000;
const head = 'The invoice lists one line after the other. '.repeat(30);
const [first, second] = ['In all you owe 1,250 EUR.', 'In all you owe 9,731 EUR.'];

const verdictOf = async (legacy: string, candidate: string): Promise<string> =>
  (await divergence(legacy, candidate, { maxChars })).verdict;

describe('a reply that is longer than what is compared', () => {
  it('is not the same as one that goes on otherwise, however long it is', async () => {
    expect(await verdictOf(`${head}${first}`, `${head}${second}`)).toBe('similar');
    expect(await verdictOf(`${head}${first}`, `${head}${first} Thanks.`)).toBe('similar');
    expect(await verdictOf(`${head}${first}`, head.slice(0, maxChars))).not.toBe('same');
  });

  it('is the same as one that goes on in the same way', async () => {
    expect(await verdictOf(`${head}${first}`, `${head}${first}`)).toBe('same');
  });

  it('is never called the same where it goes on for too long to be looked at', async () => {
    const [endless, another] = [`${head}${'ab'.repeat(20_000)}`, `${head}${'ba'.repeat(20_000)}`];
    const found = await divergence(endless, another, { maxChars });
    expect(found).toMatchObject({ verdict: 'similar', decidedBy: 'lexical' });
    expect(layerOf(found, 'exact')?.say).toBe('different');
  });

  it('is not called the same either where that is equal: nobody has looked', async () => {
    const endless = `${head}${'ab'.repeat(20_000)}`;
    const found = await divergence(endless, endless, { maxChars });
    expect(layerOf(found, 'exact')?.say).toBe('different');
  });

  it('has no end that we know of, so that only the other one can break off', async () => {
    const broken = `${head.slice(0, 900)} and then the`;
    const notesOf = async (legacy: string, candidate: string) =>
      (await divergence(legacy, candidate, { maxChars })).notes;
    expect(await notesOf(`${head}${head}`, broken)).toContain('truncated');
    expect(await notesOf(broken, `${head}${head}`)).not.toContain('truncated');
  });
});

describe('a measure that is just at its threshold', () => {
  const lengths = async (legacy: number, candidate: number) => {
    const text = (length: number) => `${'word '.repeat(length / 5 - 1)}end.`.padEnd(length, '!');
    return layerOf(await divergence(text(legacy), text(candidate)), 'length')?.notes ?? [];
  };

  it('counts, of lengths', async () => {
    expect(await lengths(200, 400)).toEqual(['longer']);
    expect(await lengths(200, 395)).toEqual([]);
    expect(await lengths(400, 200)).toEqual(['shorter']);
    expect(await lengths(400, 205)).toEqual([]);
  });

  it('is enough, of meanings', async () => {
    const embed = (cosine: number) => async (texts: readonly string[]) =>
      texts.map((_, at) => (at === 0 ? [1, 0] : [cosine, Math.sqrt(1 - cosine ** 2)]));
    const sayOf = async (cosine: number, threshold: number) => {
      const options = { embed: embed(cosine), thresholds: { embedding: threshold } };
      return layerOf(await divergence('One thing.', 'Another one.', options), 'embedding');
    };
    const found = await sayOf(0.75, 0.1);
    const exact = found?.metrics?.cosine ?? Number.NaN;
    expect((await sayOf(0.75, exact))?.say).toBe('similar');
    expect((await sayOf(0.75, exact + 1e-9))?.say).toBe('different');
  });

  it('is enough, of wordings', async () => {
    const texts = ['one two three four', 'one two five six'] as const;
    const { metrics } = layerOf(await divergence(...texts), 'lexical') ?? {};
    const lexical = metrics?.similarity ?? Number.NaN;
    const sayOf = async (threshold: number) =>
      layerOf(await divergence(...texts, { thresholds: { lexical: threshold } }), 'lexical')?.say;
    expect(await sayOf(lexical)).toBe('similar');
    expect(await sayOf(lexical + 1e-9)).toBe('different');
  });
});

describe('two replies that say nothing', () => {
  const lookup = { name: 'look_up', arguments: { id: 1 } };
  const refund = { name: 'refund', arguments: { id: 1 } };

  it.each<[string, string]>([
    ['', ''],
    [' ', '\n'],
    ['\u200b', '\0'],
  ])('are no evidence: what they say may be where nobody looks (%j, %j)', async (one, other) => {
    expect(await compared(one, other)).toBeUndefined();
    const told = { text: one, toolCalls: [lookup] };
    expect(await compared(told, other)).toBeUndefined();
    expect(await compared(other, told)).toBeUndefined();
    expect(await compared({ text: one, toolCalls: [] }, { text: other, toolCalls: [] })).toBe(
      undefined,
    );
  });

  it('are compared by the tools that both have called', async () => {
    const [told, other] = [lookup, refund].map((call) => ({ text: ' ', toolCalls: [call] }));
    if (told === undefined || other === undefined) throw new Error('two legs');
    expect(await compared(told, told)).toMatchObject({ verdict: 'same' });
    expect(await compared(told, other)).toMatchObject({ verdict: 'different' });
    expect(await compared(told, { text: '', toolCalls: [] })).toMatchObject({
      verdict: 'different',
    });
  });
});

describe('calls of tools', () => {
  it('are compared up to a number that no reply has, so that none can hold a turn', async () => {
    const calls = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ name: 'look_up', arguments: { at } }));
    const legOf = (count: number) => ({ text: 'Done.', toolCalls: calls(count) });
    const found = await divergence(legOf(300), legOf(256));
    expect(layerOf(found, 'tools')).toMatchObject({ say: 'same', metrics: { matching: 256 } });
  });
});
