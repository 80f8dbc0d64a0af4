import type { Divergence } from '../../src/core/contracts/comparer.ts';
import type { End } from './comparing.ts';
import { drawFacts, drawReply, type Facts, type Noise, seeded } from './exchanges.ts';

/** Two legs that say the same in other words, as models do from run to run. */
export const noise: Noise = { rephrased: 0.5, dropped: 0.1 };

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

/** Every kind of defect, by name. */
export const defects: Readonly<Record<string, Defect>> = {
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
export const inSameWords = new Set(['swapped entities']);

/** Two replies to one exchange, both all right. */
export function drawPair(seed: number, isSameWording: boolean) {
  const random = seeded(seed);
  const facts = drawFacts(random);
  const end = (text: string) => ({ text, toolCalls: [lookUp(facts.thing)], durationMs: 900 });
  const legacy = end(drawReply(random, facts, noise));
  const candidate = isSameWording ? legacy : end(drawReply(random, facts, noise));
  return { facts, legacy, candidate };
}

/** What a report raises of each defect: the diagnosis and the parts by which it is known, and nothing else. */
export const raised: Readonly<Record<string, readonly [string, ...string[]]>> = {
  verbose: ['verbose'],
  empty: ['empty'],
  truncated: ['truncated'],
  'wrong number': ['wrong-answers', 'numbers'],
  'swapped entities': ['wrong-answers', 'swapped'],
  'other language': ['language'],
  refusal: ['refusal'],
  'extra tool': ['tool-mismatch', 'tool-extra'],
  'missing tool': ['tool-mismatch', 'tool-missing'],
  'other arguments': ['tool-mismatch', 'tool-arguments'],
  slower: ['slower'],
  erroring: ['erroring'],
};
