import type { Divergence } from '../../core/contracts/comparer.ts';
import type { Mirror } from '../../core/contracts/exchange.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissReason } from '../../core/contracts/pair-sink.ts';
import { errorFacts } from '../../core/events/error-facts.ts';
import type { CutoverEvents, Reporter } from '../../core/events/events.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Ending } from '../work.ts';
import type { EndedLeg } from './ended-leg.ts';
import type { Missable } from './missed-table.ts';
import type { PairOutlet } from './pair-outlet.ts';
import { toPair, toPairText } from './to-pair.ts';

/** Endings that are no drops, which have an event of their own; and what an ending without a pair is counted as. */
const endings: Readonly<Record<Ending, { readonly settles: boolean; readonly why: MissReason }>> = {
  stored: { settles: true, why: 'failed' },
  deduplicated: { settles: true, why: 'failed' },
  unknown: { settles: true, why: 'failed' },
  failed: { settles: true, why: 'failed' },
  timedOut: { settles: true, why: 'late' },
  aborted: { settles: true, why: 'aborted' },
  noKey: { settles: true, why: 'noKey' },
  filtered: { settles: true, why: 'filtered' },
  unsafe: { settles: true, why: 'unsafe' },
  unreadable: { settles: true, why: 'unreadable' },
  sampled: { settles: true, why: 'sampled' },
  budget: { settles: true, why: 'budget' },
  count: { settles: false, why: 'count' },
  bytes: { settles: false, why: 'bytes' },
  tenant: { settles: false, why: 'tenant' },
  closed: { settles: false, why: 'closed' },
};

/** What a mirror tale is made of. */
export interface MirrorTaleSetup {
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Undefined: pairs go nowhere. */
  readonly outlet?: PairOutlet | undefined;
}

/** What is told of mirrors: to those who listen, and to the sink of the pairs. */
export class MirrorTale {
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #outlet: PairOutlet | undefined;

  constructor({ clock, reporter, outlet }: MirrorTaleSetup) {
    this.#clock = clock;
    this.#reporter = reporter;
    this.#outlet = outlet;
  }

  /** Whether anybody wants to know how two replies differ. */
  get isHeard(): boolean {
    return this.#outlet !== undefined || this.#reporter.listeners.compared > 0;
  }

  compared(mirror: Mirror, served: EndedLeg, mirrored: EndedLeg, divergence?: Divergence): void {
    if (this.#outlet !== undefined) {
      this.#outlet.add(this.#pairOf(this.#outlet, mirror, served, mirrored, divergence));
    }
    if (!this.#reporter.wants('compared')) return;
    this.#reporter.emit('compared', {
      ...factsOf(mirror),
      served: served.facts,
      mirrored: mirrored.facts,
      ...(divergence && { divergence }),
    });
  }

  ended(exchange: EndedExchange, ending: Ending, isPaired: boolean, error: unknown): void {
    const { settles, why } = endings[ending];
    if (!isPaired) this.#outlet?.missed(exchange, why);
    if (!settles || this.#reporter.listeners.settled === 0) return;
    const told = error === undefined ? {} : { error: errorFacts(error) };
    const event = { ...factsOf(exchange), lane: 'mirror', outcome: ending, ...told };
    this.#reporter.emit('settled', event as CutoverEvents['settled']);
  }

  /** Words that cannot be redacted are not kept. */
  #pairOf(outlet: PairOutlet, mirror: Mirror, ...ended: ComparedLegs): PairRecord {
    const [served, mirrored, divergence] = ended;
    const pair = toPair(mirror, served, mirrored, divergence, this.#clock.now());
    try {
      const { redactText } = outlet;
      if (redactText === undefined) return pair;
      return { ...pair, text: toPairText(mirror, served, mirrored, redactText) };
    } catch (error) {
      outlet.failed(error, mirror);
      return pair;
    }
  }
}

type ComparedLegs = [served: EndedLeg, mirrored: EndedLeg, divergence: Divergence | undefined];

type EndedExchange = Missable & Pick<Mirror, 'requestId'>;

function factsOf({ route, requestId, tenant, stage, kind }: EndedExchange) {
  const facts = { route, requestId, tenant, stage };
  return kind === 'noise' ? { ...facts, noise: true as const } : facts;
}
