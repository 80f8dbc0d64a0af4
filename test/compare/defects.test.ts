import { describe, expect, it } from 'vitest';
import type { Divergence } from '../../src/core/comparer.ts';
import { divergence, type End, layerOf } from './comparing.ts';
import { drawFacts, drawReply, type Facts, type Noise, seeded } from './exchanges.ts';

/** Two legs that say the same in other words, as models do from run to run. */
const noise: Noise = { rephrased: 0.5, dropped: 0.1 };

const rounds = 50;

const lookUp = (thing: string) => ({ name: 'look_up', arguments: { thing, limit: 5 } });

/** What is wrong with a candidate, made of a reply that is all right. */
interface Defect {
  readonly candidate: (good: End & { text: string }, facts: Facts) => End;
  /** The layer that has to notice it, and by which note. */
  readonly layer: string;
  readonly note: string;
  readonly verdict: Divergence['verdict'] | 'any';
}

const translated = ({ sender, receiver, city, thing, amount, days }: Facts): string =>
  `Am Montag hat ${sender} das Dokument (${thing}) aus ${city} an ${receiver} geschickt. Der Betrag ist ${amount} EUR und die Steuern sind in dem Betrag enthalten. Sie können die Summe nicht später als in ${days} Tagen zahlen, oder es wird eine Gebühr auf die nächste Rechnung gesetzt. Wenn etwas nicht stimmt, antworten Sie auf diese Nachricht, und das Team wird sich mit dem Fall befassen.`;

const swapped = (text: string, one: string, other: string): string =>
  text.replaceAll(one, '\0').replaceAll(other, one).replaceAll('\0', other);

const padding =
  'Before I answer, let me first go through everything that I happen to remember about similar cases, since it may be of use to somebody at some point. ';

const defects: Readonly<Record<string, Defect>> = {
  verbose: {
    candidate: (good) => ({ ...good, text: padding.repeat(6) + good.text }),
    layer: 'length',
    note: 'longer',
    verdict: 'different',
  },
  empty: {
    candidate: (good) => ({ ...good, text: ' \n' }),
    layer: 'length',
    note: 'empty',
    verdict: 'worse',
  },
  truncated: {
    candidate: (good) => ({
      ...good,
      text: good.text.slice(0, good.text.length * 0.7).replace(/\W+$/, ''),
    }),
    layer: 'length',
    note: 'truncated',
    verdict: 'different',
  },
  'wrong number': {
    candidate: (good, { amount }) => ({
      ...good,
      text: good.text.replace(`${amount}`, `${amount + 90}`),
    }),
    layer: 'entities',
    note: 'numbers',
    verdict: 'different',
  },
  'swapped entities': {
    candidate: (good, { sender, receiver }) => ({
      ...good,
      text: swapped(good.text, sender, receiver),
    }),
    layer: 'entities',
    note: 'swapped',
    verdict: 'different',
  },
  'other language': {
    candidate: (good, facts) => ({ ...good, text: translated(facts) }),
    layer: 'language',
    note: 'en-de',
    verdict: 'different',
  },
  refusal: {
    candidate: (good) => ({ ...good, text: 'I’m sorry, but I can’t help with that request.' }),
    layer: 'refusal',
    note: 'refusal',
    verdict: 'worse',
  },
  'extra tool': {
    candidate: (good) => ({
      ...good,
      toolCalls: [...(good.toolCalls ?? []), { name: 'send_mail', arguments: {} }],
    }),
    layer: 'tools',
    note: 'tool-extra',
    verdict: 'different',
  },
  'missing tool': {
    candidate: (good) => ({ ...good, toolCalls: [] }),
    layer: 'tools',
    note: 'tool-missing',
    verdict: 'different',
  },
  'other arguments': {
    candidate: (good) => ({ ...good, toolCalls: [lookUp('something else')] }),
    layer: 'tools',
    note: 'tool-arguments',
    verdict: 'different',
  },
  slower: {
    candidate: (good) => ({ ...good, durationMs: 3_000 }),
    layer: 'duration',
    note: 'slower',
    verdict: 'any',
  },
  erroring: {
    candidate: () => ({ reason: new Error('out of order') }),
    layer: 'outcome',
    note: 'candidate-failed',
    verdict: 'worse',
  },
};

/** Exact wording is what tells a swap from a passive: this one is planted into the very same reply. */
const inSameWords = new Set(['swapped entities']);

function drawPair(seed: number, isSameWording: boolean) {
  const random = seeded(seed);
  const facts = drawFacts(random);
  const end = (text: string) => ({ text, toolCalls: [lookUp(facts.thing)], durationMs: 900 });
  const legacy = end(drawReply(random, facts, noise));
  const candidate = isSameWording ? legacy : end(drawReply(random, facts, noise));
  return { facts, legacy, candidate };
}

describe('a planted defect', () => {
  it.each(Object.entries(defects))(
    '%s is noticed by its layer every time',
    async (name, defect) => {
      for (let seed = 1; seed <= rounds; seed += 1) {
        const { facts, legacy, candidate } = drawPair(seed, inSameWords.has(name));
        const found = await divergence(legacy, defect.candidate(candidate, facts));
        expect(layerOf(found, defect.layer)?.notes, `seed ${seed}`).toContain(defect.note);
        if (defect.verdict !== 'any') expect(found.verdict, `seed ${seed}`).toBe(defect.verdict);
      }
    },
  );

  it('is noticed by a judge where only the meaning is wrong', async () => {
    const judge = ({ first }: { first: string }) =>
      first.includes('not ') ? ('second' as const) : ('first' as const);
    const found = await divergence('All taxes are included.', 'All taxes are not included.', {
      judge,
    });
    expect(found).toMatchObject({ verdict: 'worse', decidedBy: 'judge' });
  });
});

describe('two equally noisy legs', () => {
  /** The share of pairs that may be called different or worse although nothing is wrong. */
  const mostFlagged = 0.05;

  it('are called different in no more than 5 % of 1,000 pairs', async () => {
    let flagged = 0;
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const { legacy, candidate } = drawPair(1_000 + seed, false);
      const { verdict } = await divergence(legacy, candidate);
      if (verdict === 'different' || verdict === 'worse') flagged += 1;
    }
    expect(flagged / 1_000).toBeLessThanOrEqual(mostFlagged);
  });

  it('and answers to other questions lie on both sides of the lexical threshold', async () => {
    const noisy: number[] = [];
    const other: number[] = [];
    const unrelated = [
      'To reset your password, open the settings, choose security and follow the link in the mail.',
      'Our offices stay closed over the holidays; the next course starts in spring and is held online.',
      'Mix flour with water, let the dough rest overnight and bake it at high heat until it is brown.',
    ];
    for (let seed = 1; seed <= 200; seed += 1) {
      const { legacy, candidate } = drawPair(seed, false);
      const similarity = async (text: string) => {
        const found = await divergence(legacy.text, text);
        return layerOf(found, 'lexical')?.metrics?.similarity ?? 1;
      };
      noisy.push(await similarity(candidate.text));
      other.push(await similarity(unrelated[seed % unrelated.length] as string));
    }
    expect(Math.min(...noisy)).toBeGreaterThan(0.38);
    expect(Math.max(...other)).toBeLessThan(0.2);
  });
});
