import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissedPairs } from '../../core/contracts/pair-sink.ts';
import { check, issuesOf, refuse } from '../../core/option-checks.ts';
import { concernsMisses, concernsPair } from './concerns.ts';
import type { Gate, GateReading, GateRun } from './gate.ts';
import { type PairGateOptions, pairGate, pairGateChecks } from './gate-options.ts';
import { type Found, type GateHead, toReading } from './to-reading.ts';
import { inPercent } from './wording.ts';

/** How much of what was to be compared must have been. */
export interface CoverageOptions extends PairGateOptions {
  /** Share of each tenant's exchanges that must have been compared, 0 to 1. What was sampled out does not count. @default 0.8 */
  readonly floor?: number | undefined;
  /** Exchanges of a tenant from which on it is asked; those that have fewer are asked together. @default 20 */
  readonly least?: number | undefined;
}

interface Count {
  pairs: number;
  missed: number;
}

const shareOf = ({ pairs, missed }: Count): number => pairs / (pairs + missed);

/** Tenants that are counted apart; those that come later are counted as one. */
const mostTenants = 10_000;
const others = Symbol('tenants that are not counted apart');

interface Policy {
  readonly floor: number;
  readonly least: number;
}

class CoverageRun implements GateRun {
  readonly #gate: GateHead<'pairs' | 'live-pairs'>;
  readonly #policy: Policy;
  readonly #all: Count = { pairs: 0, missed: 0 };
  readonly #tenants = new Map<string | symbol, Count>();

  constructor(gate: GateHead<'pairs' | 'live-pairs'>, policy: Policy) {
    this.#gate = gate;
    this.#policy = policy;
  }

  pair(pair: PairRecord): void {
    if (pair.kind !== 'compare' || !concernsPair(this.#gate.source, pair)) return;
    const { legacy, candidate, divergence } = pair;
    const isAnswered = legacy.ended === 'answered' && candidate.ended === 'answered';
    this.#count(pair.tenant, isAnswered && divergence === undefined ? 'missed' : 'pairs', 1);
  }

  missed(misses: MissedPairs): void {
    if (misses.why === 'sampled' || !concernsMisses(this.#gate.source, misses)) return;
    if (Number.isSafeInteger(misses.count) && misses.count > 0)
      this.#count(misses.tenant, 'missed', misses.count);
  }

  read(): GateReading {
    const { floor, least } = this.#policy;
    const { pairs, missed } = this.#all;
    const [asked, small] = [[] as number[], { pairs: 0, missed: 0 }];
    for (const count of this.#tenants.values()) {
      if (count.pairs + count.missed >= least) asked.push(shareOf(count));
      else {
        small.pairs += count.pairs;
        small.missed += count.missed;
      }
    }
    const below = asked.filter((share) => share < floor).length;
    const lowest = asked.length === 0 ? undefined : Math.min(...asked);
    const all = pairs + missed === 0 ? undefined : shareOf(this.#all);
    const inputs = { pairs, missed, share: all, tenants: asked.length, below, lowest, floor };
    const smallShare = small.pairs + small.missed < least ? undefined : shareOf(small);
    const found = this.#said(asked.length, below, lowest, all);
    // Where those that are asked one by one are few, their pairs alone would speak for all others.
    const isOfSmall =
      smallShare !== undefined &&
      (asked.length === 0 || (found.outcome === 'pass' && smallShare < floor));
    return toReading(this.#gate, {
      ...(isOfSmall ? this.#saidOfSmall(small) : found),
      inputs: { ...inputs, smallShare },
    });
  }

  #saidOfSmall(small: Count): Found {
    const { floor, least } = this.#policy;
    const share = shareOf(small);
    const of = `${small.pairs + small.missed} exchanges of tenants with fewer than ${least} each`;
    const says = `coverage ${inPercent(share)} of ${of}, at least ${inPercent(floor)} is asked for`;
    return { outcome: share < floor ? 'invalid' : 'pass', says };
  }

  #said(asked: number, below: number, lowest = Number.NaN, all = Number.NaN): Found {
    const { floor, least } = this.#policy;
    if (asked === 0) {
      const seen = this.#all.pairs + this.#all.missed;
      const says = `coverage not measured yet: ${seen} exchanges in all, it asks from ${least} on`;
      return { outcome: 'hold', says };
    }
    const of = `${asked} ${asked === 1 ? 'tenant' : 'tenants'}`;
    const least1 = `lowest ${inPercent(lowest)}`;
    if (below > 0) {
      const says = `coverage below ${inPercent(floor)} for ${below} of ${of}, ${least1}`;
      return { outcome: 'invalid', says };
    }
    const says = `coverage ${inPercent(all)} over ${of}, ${least1}, at least ${inPercent(floor)} each`;
    return { outcome: 'pass', says };
  }

  #count(tenant: string, what: keyof Count, by: number): void {
    this.#all[what] += by;
    const isKnown = this.#tenants.has(tenant) || this.#tenants.size < mostTenants;
    const key = tenant !== '' && isKnown ? tenant : others;
    const count = this.#tenants.get(key) ?? { pairs: 0, missed: 0 };
    count[what] += by;
    this.#tenants.set(key, count);
  }
}

/**
 * Asks whether enough of each tenant's exchanges were compared: what is missing is not missing by chance. Below its floor the
 * ramp stays; it never fails. By pairs and misses.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function coverage(options: CoverageOptions = {}): Gate {
  refuse(
    'coverage()',
    issuesOf(options, { ...pairGateChecks, floor: check.share, least: check.count }),
  );
  const { floor = 0.8, least = 20, ...rest } = options;
  const head = pairGate('coverage', 'guardrail', rest);
  return {
    ...head,
    policy: { kind: 'coverage', floor, least, asksAt: head.asksAt },
    begin: () => new CoverageRun(head, { floor, least }),
  };
}
