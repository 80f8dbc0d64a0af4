import type { LabelledPair } from 'engramia-cutover/openai';
import { drawFacts, drawReply, type Facts, seeded } from '../compare/exchanges.ts';

const noise = { rephrased: 0.5, dropped: 0.3 };

/** What goes wrong with a reply, so that a person would call it the worse one. */
const defects = {
  'a wrong amount': (reply: string, { amount }: Facts) =>
    reply.replaceAll(String(amount), String(amount + 137)),
  'a wrong number of days': (reply: string, { days }: Facts) =>
    reply.replaceAll(`${days} days`, `${days + 11} days`),
  'people who changed places': (reply: string, { sender, receiver }: Facts) =>
    reply.replaceAll(sender, '\0').replaceAll(receiver, sender).replaceAll('\0', receiver),
  'another city': (reply: string, { city }: Facts) =>
    reply.replaceAll(city, city === 'Oslo' ? 'Lisbon' : 'Oslo'),
  'a refusal': () => "I'm sorry, but I can't help with that. Is there anything else?",
  'nothing at all': () => '   ',
  'the second half missing': (reply: string) => reply.slice(0, reply.length / 2),
  'an answer to something else': (_: string, facts: Facts) =>
    drawReply(seeded(facts.amount), drawFacts(seeded(facts.amount + 1)), noise),
};

/** What the task says of the exchange: all that a judge without a model can go by. */
function taskOf({ sender, receiver, city, thing, amount, days }: Facts): string {
  return `Explain this to the customer. On Monday ${sender} sent ${receiver} the ${thing} from ${city}. The total amount is ${amount} EUR, to be settled within ${days} days.`;
}

/** Pairs that are labelled by how they were made: of each defect as many in the candidate's reply as in legacy's, and as many without any. */
export function labelledPairs(seed: number, ofEach: number): LabelledPair[] {
  const random = seeded(seed);
  return Object.values(defects).flatMap((spoil) =>
    Array.from({ length: ofEach }, () => {
      const facts = drawFacts(random);
      const [good, better] = [drawReply(random, facts, noise), drawReply(random, facts, noise)];
      const task = taskOf(facts);
      const bad = spoil(better, facts);
      return [
        { task, legacy: good, candidate: bad, label: 'legacy' as const },
        { task, legacy: bad, candidate: good, label: 'candidate' as const },
        { task, legacy: good, candidate: better, label: 'tie' as const },
      ];
    }).flat(),
  );
}
