import type { Turn } from '../core/call/subject.ts';
import type {
  DayQuery,
  Erasure,
  PairBatch,
  PairDay,
  PairQuery,
  TrafficBatch,
  TrafficDay,
} from '../core/contracts/evidence-store.ts';
import type { PairRecord } from '../core/contracts/pair-record.ts';
import type { Store } from '../core/contracts/store.ts';
import type { Transcript, TurnRange } from '../core/contracts/transcript.ts';
import { inPieces, nextTurn } from '../core/pieces.ts';
import type { Clock } from '../core/time/clock.ts';
import { dayOf } from '../core/time/day.ts';
import type { DayFilter, EvidenceRows, PairPlace, Removal } from './driver.ts';
import { tallyMisses, tallyPairs } from './pair-tally.ts';
import { type Book, type Tally, TallySheet, toPairDays, toTrafficDays } from './tally.ts';
import { textKey } from './text-key.ts';

/** Exchanges of one conversation that are read at most. */
const mostExchanges = 10_000;

/** Pairs of one transaction: one to three milliseconds of an embedded database. */
const pairsAtOnce = 20;

/** Counts of one transaction, likewise; a slice more at most. */
const talliesAtOnce = 100;

/** Counters that are taken apart in one turn of the event loop: a replica hands over ten thousand of them at most. */
const countersAtOnce = 500;

/** Counts in pieces that cut no slice: calls that are seen without their errors would count as good ones. */
function wholeSlices(tallies: readonly Tally[]): readonly (readonly Tally[])[] {
  const pieces: Tally[][] = [];
  for (const [at, tally] of tallies.entries()) {
    const [piece, before] = [pieces.at(-1), tallies[at - 1]];
    const isSame = before?.slice === tally.slice && before.day === tally.day;
    if (piece !== undefined && (isSame || piece.length < talliesAtOnce)) piece.push(tally);
    else pieces.push([tally]);
  }
  return pieces;
}

function keysOf({ tenant, phase }: { readonly tenant?: string; readonly phase?: string }) {
  return {
    ...(tenant === undefined ? {} : { tenant: textKey(tenant) }),
    ...(phase === undefined ? {} : { phase: textKey(phase) }),
  };
}

function dayFilter(query: DayQuery): DayFilter {
  return { from: query.from ?? '', to: query.to ?? '~', ...keysOf(query) };
}

/** What a store promises of pairs, counters and conversations. */
type EvidenceStore = Pick<
  Store,
  | 'addPairs'
  | 'pairs'
  | 'pairDays'
  | 'addTraffic'
  | 'traffic'
  | 'transcript'
  | 'erase'
  | 'prune'
  | 'sweep'
>;

/** Pairs, counters and conversations on top of a driver's rows: keyed, counted, and in pieces. */
export class EvidenceBook implements EvidenceStore {
  readonly #rows: () => EvidenceRows;
  readonly #clock: Clock;

  /** `rows` throws once the store is closed. */
  constructor(rows: () => EvidenceRows, clock: Clock) {
    this.#rows = rows;
    this.#clock = clock;
  }

  async addPairs({ id, phase = '', pairs, missed = [] }: PairBatch): Promise<void> {
    const tallyOf = (added: readonly PairRecord[]) => tallyPairs(phase, added);
    await inPieces(pairs, pairsAtOnce, (piece) => this.#rows().addPairs(phase, piece, tallyOf));
    await this.#count('pairs', id, tallyMisses(phase, missed));
  }

  async *pairs(query: PairQuery = {}): AsyncIterable<PairRecord> {
    const { from = 0, until = Number.MAX_SAFE_INTEGER, route } = query;
    const filter = { from, until, ...keysOf(query) };
    for (let after: PairPlace | undefined; ; ) {
      const { pairs, end } = await this.#rows().pairPage(filter, after);
      for (const pair of pairs) if (route === undefined || pair.route === route) yield pair;
      if (end === undefined) return;
      after = end;
    }
  }

  async pairDays(query: DayQuery = {}): Promise<readonly PairDay[]> {
    const days = await toPairDays(await this.#rows().tallies('pairs', dayFilter(query)));
    return days.filter(({ route }) => query.route === undefined || route === query.route);
  }

  async addTraffic({ id, phase = '', counts }: TrafficBatch): Promise<void> {
    const sheet = new TallySheet();
    await inPieces(counts, countersAtOnce, async (piece) => {
      for (const { day, tenant, route, leg, counts: named } of piece) {
        for (const [metric, value] of Object.entries(named)) {
          sheet.add(day, [phase, tenant, route, leg], metric, value);
        }
      }
    });
    await this.#count('traffic', id, await sheet.talliesInTurns());
  }

  async traffic(query: DayQuery = {}): Promise<readonly TrafficDay[]> {
    const days = await toTrafficDays(await this.#rows().tallies('traffic', dayFilter(query)));
    return days.filter(({ route }) => query.route === undefined || route === query.route);
  }

  transcript(options: Pick<Transcript, 'redact' | 'maxTurnChars'> = {}): Transcript {
    return {
      ...options,
      append: async (served) => this.#rows().addTurns(served),
      history: (tenant, conversation, range) => this.#history(tenant, conversation, range),
      erase: (tenant, conversation) => this.#eraseTurns(tenant, conversation),
    };
  }

  async erase(tenant: string): Promise<Erasure> {
    const key = textKey(tenant);
    await this.#rows().noteErasure({ tenant: key }, this.#clock.now());
    return {
      pairs: await this.#remove({ what: 'pairs', tenant: key }),
      turns: await this.#remove({ what: 'turns', tenant: key }),
      days: await this.#remove({ what: 'days', tenant: key }),
    };
  }

  async prune(before: number): Promise<Erasure> {
    return {
      pairs: await this.#remove({ what: 'pairs', before }),
      turns: await this.#remove({ what: 'turns', before }),
      days: 0,
    };
  }

  async sweep(what: 'pairs' | 'days', before: number): Promise<number> {
    const removal: Removal =
      what === 'pairs' ? { what, before } : { what, beforeDay: dayOf(before) };
    const removed = await this.#rows().remove(removal);
    await nextTurn();
    return removed;
  }

  async #count(book: Book, id: string, tallies: readonly Tally[]): Promise<void> {
    // The same batch falls into the same pieces, so that each piece can be known by its place.
    await inPieces(wholeSlices(tallies), 1, ([piece = []], place) =>
      this.#rows().addTallies(book, `${place}:${id}`, piece),
    );
  }

  async #history(tenant: string, conversation: string, range: TurnRange = {}): Promise<Turn[]> {
    const { limit, before = Number.MAX_SAFE_INTEGER } = range;
    const owner = { tenant: textKey(tenant), conversation: textKey(conversation) };
    const exchanges = await this.#rows().turns(owner, {
      before,
      limit: limit ?? mostExchanges,
    });
    const turns = exchanges.flat();
    return limit === undefined ? turns : turns.slice(Math.max(0, turns.length - limit));
  }

  async #eraseTurns(tenant: string, conversation: string | undefined): Promise<void> {
    const owner = {
      tenant: textKey(tenant),
      ...(conversation === undefined ? {} : { conversation: textKey(conversation) }),
    };
    await this.#rows().noteErasure(owner, this.#clock.now());
    await this.#remove({ what: 'turns', ...owner });
  }

  async #remove(removal: Removal): Promise<number> {
    let removed = 0;
    for (let more = 1; more > 0; removed += more) {
      more = await this.#rows().remove(removal);
      if (more > 0) await nextTurn();
    }
    return removed;
  }
}
