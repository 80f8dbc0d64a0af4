import type { Observation } from '../../core/call/observation.ts';
import type { ReplyView } from '../../core/call/subject.ts';
import type { Divergence, HeldReply } from '../../core/contracts/comparer.ts';
import type { Mirror } from '../../core/contracts/exchange.ts';
import type { LegFacts } from '../../core/events/events.ts';
import { legFacts } from './leg-facts.ts';
import { type TextFacts, textFacts } from './text-facts.ts';

/** How a leg ended: what is told of it, and what is compared. */
export interface EndedLeg {
  readonly facts: LegFacts;
  readonly held: HeldReply | undefined;
}

/** Both legs in the places in which they are compared: legacy's, then what is held against it. */
export function inPlaces<T>({ kind, leg }: Mirror, served: T, mirrored: T): readonly [T, T] {
  return kind === 'noise' || leg === 'candidate' ? [served, mirrored] : [mirrored, served];
}

/** How a leg ended whose reply was read: at once, unless its text is long. */
export function endedLeg(
  observation: Observation,
  read: ReplyView | undefined,
  { comparer }: Mirror,
  reported: Mirror['facts'],
): EndedLeg | Promise<EndedLeg> {
  const ended = (text: TextFacts | undefined): EndedLeg => ({
    facts: legFacts(observation, read, reported, text),
    held: comparer?.hold(observation, read, reported),
  });
  const text = typeof read?.text === 'string' ? textFacts(read.text) : undefined;
  return text instanceof Promise ? text.then(ended) : ended(text);
}

/** What differs between both replies, whichever leg was served; undefined where nothing of them is held to be compared. */
export function divergenceOf(
  mirror: Mirror,
  served: HeldReply | undefined,
  mirrored: HeldReply | undefined,
  run: { readonly signal: AbortSignal },
  underWay?: (soFar: () => Divergence) => void,
): Divergence | undefined | Promise<Divergence | undefined> {
  if (served === undefined || mirrored === undefined) return undefined;
  const [legacy, candidate] = inPlaces(mirror, served, mirrored);
  const pair = {
    legacy,
    candidate,
    task: mirror.subject.task,
    get signal() {
      return run.signal;
    },
  };
  return mirror.comparer?.compare(pair, underWay);
}
