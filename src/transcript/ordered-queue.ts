import { inRootScope } from '../core/root-scope.ts';
import type { Clock, TimerHandle } from '../core/time/clock.ts';

/** Milliseconds between two tries of a queue that is about to end. */
const hurriedMs = 200;

/** What a queue may hold, and how many of its lines move at once. */
export interface QueueBounds {
  readonly maxCount: number;
  readonly maxBytes: number;
  readonly concurrency: number;
  /** The part of both bounds that one tenant may fill while others wait too, and leaves free while none does: 0 to 0.5. */
  readonly tenantShare: number;
}

/** Something in a line. */
export interface Queued {
  /** Its line: what has the same one is done one after the other. */
  readonly key: string;
  readonly tenant: string;
  /** Bytes that it retains; changed by its queue alone. */
  bytes: number;
}

interface Place<Item> {
  readonly item: Item;
  /** Resolves when it is done; made for the first who waits. */
  done: PromiseWithResolvers<void> | undefined;
}

interface Line<Item> {
  readonly places: Place<Item>[];
  /** Its first has been begun. */
  isUnderWay: boolean;
  /** Set while its first waits to be tried again. */
  timer: TimerHandle | undefined;
}

/** Lines of work, off the users' path: in order within a line, some lines at once, bounded in all. */
export class OrderedQueue<Item extends Queued> {
  readonly #bounds: QueueBounds;
  /** Never rejects; answers the milliseconds after which the item is to be tried again, if it is. */
  readonly #work: (item: Item) => Promise<number | undefined>;
  readonly #clock: Clock;
  readonly #idle: () => void;
  readonly #lines = new Map<string, Line<Item>>();
  readonly #tenants = new Map<string, { count: number; bytes: number }>();
  readonly #ready: string[] = [];
  #count = 0;
  #bytes = 0;
  #running = 0;
  #isDue = false;
  #isHurried = false;
  #isOver = false;

  constructor(
    bounds: QueueBounds,
    { clock, idle }: { readonly clock: Clock; readonly idle: () => void },
    work: (item: Item) => Promise<number | undefined>,
  ) {
    this.#bounds = bounds;
    this.#clock = clock;
    this.#idle = idle;
    this.#work = work;
  }

  /** Waiting, or under way. */
  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Begun in a later turn of the loop. False: there is no room. */
  offer(item: Item): boolean {
    if (!this.#hasRoom(item)) return false;
    let line = this.#lines.get(item.key);
    if (line === undefined) {
      line = { places: [], isUnderWay: false, timer: undefined };
      this.#lines.set(item.key, line);
      this.#ready.push(item.key);
    }
    line.places.push({ item, done: undefined });
    this.#add(item, 1);
    this.#moveLater();
    return true;
  }

  /** Says what an item has come to retain. False: it is more than there is room for. */
  charge(item: Item, bytes: number): boolean {
    const more = bytes - item.bytes;
    this.#bytes += more;
    const held = this.#tenants.get(item.tenant);
    if (held !== undefined) held.bytes += more;
    item.bytes = bytes;
    return this.#bytes <= this.#bounds.maxBytes;
  }

  /** Resolves when all that is in a line now is done; undefined: there is nothing. */
  settled(key: string): Promise<void> | undefined {
    const last = this.#lines.get(key)?.places.at(-1);
    if (last === undefined) return undefined;
    last.done ??= Promise.withResolvers<void>();
    return last.done.promise;
  }

  /** Takes out what waits in a line behind its first. */
  clear(key: string): Item[] {
    const line = this.#lines.get(key);
    const taken = line?.places.splice(line.isUnderWay ? 1 : 0) ?? [];
    for (const place of taken) this.#left(place);
    return taken.map(({ item }) => item);
  }

  /** From now on nothing is waited for that is to be tried again, beyond what keeps it from being tried all the time. */
  hurry(): void {
    this.#isHurried = true;
    for (const [key, line] of this.#lines) if (line.timer !== undefined) this.#resume(key, line);
  }

  /** Lets go of everything: what is being done is no longer of this queue. */
  abort(): Item[] {
    this.#isOver = true;
    const places = [...this.#lines.values()].flatMap((line) => {
      this.#clock.clearTimeout(line.timer);
      return line.places;
    });
    this.#lines.clear();
    for (const place of places) this.#left(place);
    return places.map(({ item }) => item);
  }

  #hasRoom({ tenant, bytes }: Item): boolean {
    const { maxCount, maxBytes, tenantShare } = this.#bounds;
    if (this.#count >= maxCount || this.#bytes + bytes > maxBytes) return false;
    const held = this.#tenants.get(tenant);
    if (held === undefined) return true;
    // What waits never gives way: whoever is alone leaves room for one who comes later.
    const share = held.count === this.#count ? 1 - tenantShare : tenantShare;
    return held.count < maxCount * share && held.bytes + bytes <= maxBytes * share;
  }

  #add({ tenant, bytes }: Item, sign: 1 | -1): void {
    this.#count += sign;
    this.#bytes += sign * bytes;
    const { count, bytes: before } = this.#tenants.get(tenant) ?? { count: 0, bytes: 0 };
    if (count + sign === 0) this.#tenants.delete(tenant);
    else this.#tenants.set(tenant, { count: count + sign, bytes: before + sign * bytes });
  }

  #moveLater(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    inRootScope(() =>
      setImmediate(() => {
        this.#isDue = false;
        this.#move();
      }),
    );
  }

  #move(): void {
    while (!this.#isOver && this.#running < this.#bounds.concurrency) {
      const key = this.#ready.shift();
      if (key === undefined) return;
      const line = this.#lines.get(key);
      const place = line?.places[0];
      if (line === undefined || place === undefined) this.#lines.delete(key);
      else void this.#do(key, line, place);
    }
  }

  async #do(key: string, line: Line<Item>, place: Place<Item>): Promise<void> {
    line.isUnderWay = true;
    this.#running += 1;
    const againInMs = await this.#work(place.item);
    if (this.#isOver) return;
    this.#running -= 1;
    if (againInMs === undefined) this.#advance(key, line, place);
    else this.#park(key, line, againInMs);
    this.#move();
  }

  #advance(key: string, line: Line<Item>, place: Place<Item>): void {
    line.isUnderWay = false;
    line.places.shift();
    this.#left(place);
    if (line.places.length > 0) this.#ready.push(key);
    else this.#lines.delete(key);
  }

  /** Others move on meanwhile. */
  #park(key: string, line: Line<Item>, ms: number): void {
    const wait = this.#isHurried ? Math.min(ms, hurriedMs) : ms;
    line.timer = inRootScope(() => this.#clock.setTimeout(() => this.#resume(key, line), wait));
  }

  #resume(key: string, line: Line<Item>): void {
    this.#clock.clearTimeout(line.timer);
    line.timer = undefined;
    this.#ready.push(key);
    this.#move();
  }

  #left(place: Place<Item>): void {
    this.#add(place.item, -1);
    place.done?.resolve();
    this.#idle();
  }
}
