import type { CompareLayer, CompareOptions } from '../core/contracts/compare-options.ts';
import type { Comparer, HeldPair } from '../core/contracts/comparer.ts';
import { refuse } from '../core/option-checks.ts';
import { type Clock, systemClock } from '../core/time/clock.ts';
import { askingLayers, cheapLayers } from './built-in-layers.ts';
import { compareIssues } from './compare-issues.ts';
import { toHeld } from './hold.ts';
import type { Layer } from './layer.ts';
import { outcome } from './layers/outcome.ts';
import { LookAtPair, type Step, type Steps, toOutcome } from './look-at-pair.ts';
import { type NormalizedOptions, normalizedOptions } from './normalized-options.ts';
import { LoopTurns } from './words/loop-turns.ts';
import { sharedTextThread, type TextThread } from './words/text-thread.ts';
import { wordLayers } from './words/word-layers.ts';

/** What surrounds a comparer. */
export interface ComparerSetup {
  /** @default Node's clock */
  readonly clock?: Clock;
  /** Told what a layer or an ignore rule has thrown. @default nobody */
  readonly contained?: (error: unknown) => void;
  /** Shared by the comparers of a cutover, so that one of them works in a turn of the loop. @default its own */
  readonly turns?: LoopTurns;
  /** Reads the words of long texts. @default the one of this process */
  readonly thread?: Pick<TextThread, 'ask'>;
}

/** The layers that are run, in their order, with what was decided about them. */
function stepsOf(options: NormalizedOptions): Steps {
  const own = ({ look, overrules = [], ...layer }: Layer): Step => ({
    overrules,
    ...layer,
    look: (pair) => look(pair, options),
  });
  const custom = (layer: CompareLayer): Step => ({
    name: layer.name,
    overrules: layer.overrules ?? [],
    look: (pair) => layer.look(pair),
  });
  const asks = { embedding: options.embed, judge: options.judge };
  const asking = askingLayers.filter(({ name }) => asks[name as keyof typeof asks] !== undefined);
  const wanted = <T extends { readonly name: string }>(layers: readonly T[]): T[] =>
    layers.filter(({ name }) => !options.without.has(name));
  return {
    cheap: wanted(cheapLayers).map(own),
    byWords: wanted(wordLayers),
    last: [...options.layers.map(custom), ...wanted(asking).map(own)],
  };
}

/** Two replies that show nothing are no evidence, but by the tools that were called: what they say may be where nobody looks. */
function saysNothing({ legacy, candidate }: HeldPair): boolean {
  if (!legacy.isBlank || !candidate.isBlank) return false;
  return !legacy.tools || !candidate.tools || legacy.tools.length + candidate.tools.length === 0;
}

/**
 * Makes what compares the replies of one route, layer by layer, cheapest first.
 *
 * @throws InvalidOptionsError naming every issue at once
 */
export function createComparer(options: CompareOptions, setup: ComparerSetup = {}): Comparer {
  refuse('compare', compareIssues(options, ''));
  const { clock = systemClock, contained = () => undefined, turns = new LoopTurns() } = setup;
  const { thread = sharedTextThread() } = setup;
  const normalized = normalizedOptions(options);
  const { ignore, maxChars, thresholds } = normalized;
  const { lexical } = thresholds;
  const steps = stepsOf(normalized);
  const surroundings = { steps, lexical, ignore, clock, contained, turns, thread };
  return {
    hold: (observation, view, reported) => toHeld(observation, view, reported, maxChars),
    compare: (held, underWay) => {
      const ended = outcome(held);
      if (ended !== undefined) return toOutcome(ended);
      if (held.legacy.text === undefined || held.candidate.text === undefined) return undefined;
      if (saysNothing(held)) return undefined;
      return new LookAtPair(held, surroundings).run(underWay);
    },
  };
}
