import { describe, expect, it } from 'vitest';
import { toTokens } from '../../src/compare/words/tokens.ts';
import { divergence } from './comparing.ts';

const sentence = (first: string, second: string, city: string): string =>
  `Parayı ${first} aldı ve ${second} verdi, şehir ${city} idi.`;

describe('words with capitals', () => {
  it.each(['Izmir', 'İzmir'])(
    'show names that have changed places, beside %s as well',
    async (city) => {
      const [before, now] = [sentence('Ayşe', 'Mehmet', city), sentence('Mehmet', 'Ayşe', city)];
      expect((await divergence(before, now)).notes).toContain('swapped');
    },
  );

  it('are those without, whatever the script, and however many units their small letters have', () => {
    let odd = '';
    for (let unit = 0xc0; unit <= 0xffff; unit += 1) {
      const letter = String.fromCharCode(unit);
      if (letter.toLowerCase().length !== 1) odd += letter;
    }
    const [capitals, small] = [`${odd} ÀÉ ΩΔ ЖД`, `i àé ωδ жд`];
    expect([...toTokens(capitals).hashes]).toEqual([...toTokens(small).hashes]);
  });
});
