import { type Clock, systemClock } from '../core/clock.ts';
import type { CompareLayer, CompareOptions } from '../core/compare-options.ts';
import type { Comparer } from '../core/comparer.ts';
import { refuse } from '../core/option-checks.ts';
import { askingLayers, cheapLayers } from './built-in-layers.ts';
import { compareIssues } from './compare-issues.ts';
import { toHeld } from './hold.ts';
import type { Layer } from './layer.ts';
import { outcome } from './layers/outcome.ts';
import { LookAtPair, type Step, toOutcome } from './look-at-pair.ts';
import { type NormalizedOptions, normalizedOptions } from './normalized-options.ts';
import { Turns } from './turns.ts';

/** What surrounds a comparer. */
export interface ComparerSetup {
  /** @default Node's clock */
  readonly clock?: Clock;
  /** Told what a layer or an ignore rule has thrown. @default nobody */
  readonly contained?: (error: unknown) => void;
  /** Shared by the comparers of a cutover, so that one of them works in a turn of the loop. @default its own */
  readonly turns?: Turns;
}

/** The layers that are run, in their order, with what was decided about them. */
function stepsOf(options: NormalizedOptions): Step[] {
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
  const steps = [...cheapLayers.map(own), ...options.layers.map(custom), ...asking.map(own)];
  return steps.filter(({ name }) => !options.without.has(name));
}

/**
 * Makes what compares the replies of one route, layer by layer, cheapest first.
 *
 * @throws InvalidOptionsError naming every issue at once
 */
export function createComparer(options: CompareOptions, setup: ComparerSetup = {}): Comparer {
  refuse('compare', compareIssues(options, ''));
  const { clock = systemClock, contained = () => undefined, turns = new Turns() } = setup;
  const normalized = normalizedOptions(options);
  const { ignore, maxChars } = normalized;
  const surroundings = { steps: stepsOf(normalized), ignore, clock, contained, turns };
  return {
    hold: (observation, view, reported) => toHeld(observation, view, reported, maxChars),
    compare: (held) => {
      const ended = outcome(held);
      if (ended !== undefined) return toOutcome(ended);
      if (held.legacy.text === undefined || held.candidate.text === undefined) return undefined;
      return new LookAtPair(held, surroundings).run();
    },
  };
}
