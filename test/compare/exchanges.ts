/** A generator of numbers from 0 to 1 that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

const pick = <T>(random: Random, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T;

const people = ['Alice', 'Bashir', 'Chiara', 'Dmitri', 'Elena', 'Farid', 'Greta', 'Hiro'];
const cities = ['Lisbon', 'Oslo', 'Porto', 'Vienna', 'Dublin', 'Prague', 'Kyoto', 'Quito'];
const things = ['invoice', 'contract', 'parcel', 'refund', 'report', 'licence', 'ticket', 'order'];

/** What one exchange is about. */
export interface Facts {
  readonly sender: string;
  readonly receiver: string;
  readonly city: string;
  readonly thing: string;
  readonly amount: number;
  readonly days: number;
}

/** Draws what an exchange is about; the two people differ. */
export function drawFacts(random: Random): Facts {
  const sender = pick(random, people);
  return {
    sender,
    receiver: pick(
      random,
      people.filter((name) => name !== sender),
    ),
    city: pick(random, cities),
    thing: pick(random, things),
    amount: 100 + Math.floor(random() * 9_000),
    days: 2 + Math.floor(random() * 28),
  };
}

/** Each sentence of a reply in the ways in which a model may put it; all of a row say the same. */
const sentences = (facts: Facts): readonly (readonly string[])[] => {
  const { sender, receiver, city, thing, amount, days } = facts;
  return [
    [
      `Here is what I found about the ${thing}.`,
      `I looked into the ${thing} for you.`,
      `Thanks for asking about the ${thing}.`,
    ],
    [
      `On Monday ${sender} sent ${receiver} the ${thing} from ${city}.`,
      `The ${thing} was sent on Monday from ${city}, by ${sender} and to ${receiver}.`,
      `It was on Monday that ${sender} in ${city} sent the ${thing} to ${receiver}.`,
    ],
    [
      `The total amount on it is ${amount} EUR, with all taxes included.`,
      `It comes to ${amount} EUR in total, and that includes all taxes.`,
      `All taxes included, the total amount is ${amount} EUR.`,
    ],
    [
      `It has to be settled within ${days} days, otherwise a fee is added to the next one.`,
      `You have ${days} days to settle it, or else a fee will be added to the next one.`,
      `Please settle it within ${days} days, because a fee is added to the next one otherwise.`,
    ],
    [
      'If anything looks wrong, reply to this message and the team will check it again.',
      'Should anything look wrong to you, just reply to this message and the team will check it.',
      'Reply to this message if anything looks wrong, so that the team can check it again.',
    ],
  ];
};

/** How a leg varies from run to run: the share of sentences that it puts in another way, or leaves the closing one out. */
export interface Noise {
  readonly rephrased: number;
  readonly dropped: number;
}

/** One reply of a leg about some facts, with its noise. */
export function drawReply(random: Random, facts: Facts, noise: Noise): string {
  const rows = sentences(facts);
  const kept = rows.filter((_, at) => at < rows.length - 1 || random() >= noise.dropped);
  return kept
    .map((ways) => (random() < noise.rephrased ? pick(random, ways) : (ways[0] as string)))
    .join(' ');
}
