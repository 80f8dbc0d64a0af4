import type { Turn } from '../core/call/subject.ts';
import type { ServedTurns, TurnRange } from '../core/contracts/transcript.ts';
import { flatCopy, keyCopy } from '../core/text/text.ts';

/** What an exchange, and a conversation, take besides their texts. */
const objectBytes = 512;

interface KeptExchange {
  readonly requestId: string;
  readonly at: number;
  readonly turns: readonly Turn[];
  readonly bytes: number;
}

const sizeOf = (text: string): number => text.length * 2;

function toKept({ requestId, at, turns }: ServedTurns): KeptExchange {
  let bytes = objectBytes + sizeOf(requestId);
  for (const { text } of turns) bytes += objectBytes / 4 + sizeOf(text);
  const own = turns.map((turn) => ({ ...turn, text: flatCopy(turn.text) }));
  return { requestId: flatCopy(requestId), at, turns: own, bytes };
}

/** The turns of one conversation that are kept, in memory of their own. */
export class KeptThread {
  readonly key: string;
  readonly tenant: string;
  bytes: number;
  #exchanges: KeptExchange[] = [];
  #turns = 0;

  constructor(key: string, tenant: string) {
    this.key = keyCopy(key);
    this.tenant = keyCopy(tenant);
    this.bytes = objectBytes + sizeOf(key) + sizeOf(tenant);
  }

  get turns(): number {
    return this.#turns;
  }

  /** In its place by time, behind what is there of the same moment; once, if it is added again. */
  add(served: ServedTurns): void {
    const exchanges = this.#exchanges;
    if (exchanges.some(({ requestId, at }) => requestId === served.requestId && at === served.at)) {
      return;
    }
    const kept = toKept(served);
    const after = exchanges.findLastIndex(({ at }) => at <= kept.at);
    exchanges.splice(after + 1, 0, kept);
    this.bytes += kept.bytes;
    this.#turns += kept.turns.length;
  }

  dropOldest(): void {
    const oldest = this.#exchanges.shift();
    if (oldest === undefined) return;
    this.bytes -= oldest.bytes;
    this.#turns -= oldest.turns.length;
  }

  /** Drops what was answered up to a moment. */
  dropUntil(moment: number): void {
    while ((this.#exchanges[0]?.at ?? Number.POSITIVE_INFINITY) <= moment) this.dropOldest();
  }

  /** Copies, so that whoever reads them can change nothing here. */
  read({ limit, before }: TurnRange, after: number): Turn[] {
    const turns = this.#exchanges
      .filter(({ at }) => at > after && (before === undefined || at < before))
      .flatMap((exchange) => exchange.turns);
    const from = limit === undefined ? 0 : Math.max(0, turns.length - limit);
    return turns.slice(from).map((turn) => ({ ...turn }));
  }
}
