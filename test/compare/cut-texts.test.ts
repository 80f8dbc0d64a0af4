import { describe, expect, it } from 'vitest';
import { divergence, layerOf } from './comparing.ts';

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
});
