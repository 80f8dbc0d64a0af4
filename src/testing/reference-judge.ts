import { areSwapped } from '../compare/entities.ts';
import { numbersOf } from '../compare/numbers/numbers-of.ts';
import { isRefusal } from '../compare/words/refusal-phrases.ts';
import { type Tokens, tokenIs, toTokens } from '../compare/words/tokens.ts';
import type { Judge, JudgeAnswer, JudgeCalibration } from '../core/contracts/compare-options.ts';

/** A judge without a model. */
export interface ReferenceJudge extends Judge {
  readonly fingerprint: string;
  calibration: JudgeCalibration | undefined;
}

/** What is made of a reply's faults and merits; as a whole they are what the judge's fingerprint stands for. */
const weights = { numbers: 2, names: 2, strange: 1, swapped: 1, words: 1, refusal: 3 } as const;

/** Points by which one reply must be ahead of the other. */
const lead = 0.25;

const shareOf = (wanted: ReadonlySet<number>, there: ReadonlySet<number>): number =>
  wanted.size === 0 ? 1 : [...wanted].filter((hash) => there.has(hash)).length / wanted.size;

/** The words of one kind, each once. */
const ofKind = ({ hashes, kinds }: Tokens, kind: number): ReadonlySet<number> =>
  new Set([...hashes].filter((_, at) => kinds[at] === kind));

/** How well a reply keeps to the facts that its task names. */
function scoreOf(task: Tokens, text: string): number {
  if (text.trim() === '') return Number.NEGATIVE_INFINITY;
  const reply = toTokens(text);
  const there = new Set(reply.hashes);
  const asked = new Set(task.hashes);
  const [numbers, strange] = [numbersOf(task), numbersOf(reply)];
  // Numbers that the task does not name are made up only where it names some.
  const madeUp = numbers.size === 0 ? 0 : 1 - shareOf(strange, asked);
  const otherNames = 1 - shareOf(ofKind(reply, tokenIs.name), asked);
  return (
    weights.numbers * shareOf(numbers, there) +
    weights.names * shareOf(ofKind(task, tokenIs.name), there) +
    weights.words * shareOf(ofKind(task, tokenIs.word), there) -
    weights.strange * (madeUp + otherNames) -
    weights.swapped * Number(areSwapped(task, reply)) -
    weights.refusal * Number(isRefusal(text))
  );
}

/**
 * Makes a judge that asks no model, for tests and demos: the better reply is the one that keeps to the numbers, names and
 * words of its task, adds none of its own, and does not refuse. It cannot know what the task does not say. Same question,
 * same answer.
 *
 * @example
 * const compare = { judge: referenceJudge() };
 */
export function referenceJudge(): ReferenceJudge {
  const judge = ({ task, first, second }: Parameters<Judge>[0]): JudgeAnswer => {
    const facts = toTokens(task);
    const [one, two] = [scoreOf(facts, first), scoreOf(facts, second)];
    // Two empty replies: their difference is no number.
    if (one === two || Math.abs(one - two) < lead) return 'tie';
    return one > two ? 'first' : 'second';
  };
  return Object.assign(judge, { fingerprint: 'reference-1', calibration: undefined });
}
