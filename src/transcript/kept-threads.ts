import type { KeptThread } from './kept-thread.ts';

/** Bounds of what is kept in all. */
export interface ThreadBounds {
  readonly maxTurns: number;
  readonly maxConversations: number;
  readonly maxBytes: number;
  readonly tenantShare: number;
}

interface TenantThreads {
  /** The one that was quiet longest first. */
  readonly threads: Set<KeptThread>;
  bytes: number;
}

/** All conversations that are kept: how much they are, and which goes first when there is no room. */
export class KeptThreads {
  readonly #bounds: ThreadBounds;
  readonly #byKey = new Map<string, KeptThread>();
  readonly #byTenant = new Map<string, TenantThreads>();
  #bytes = 0;
  #turns = 0;
  #evicted = 0;

  constructor(bounds: ThreadBounds) {
    this.#bounds = bounds;
  }

  get sizes() {
    const { size } = this.#byKey;
    return { conversations: size, turns: this.#turns, bytes: this.#bytes, evicted: this.#evicted };
  }

  get(key: string): KeptThread | undefined {
    return this.#byKey.get(key);
  }

  all(): Iterable<KeptThread> {
    return this.#byKey.values();
  }

  ofTenant(tenant: string): Iterable<KeptThread> {
    return this.#byTenant.get(tenant)?.threads ?? [];
  }

  /** Adds to a conversation, which is from then on the last to go. */
  grow(thread: KeptThread, add: () => void): void {
    this.remove(thread);
    add();
    this.#insert(thread);
  }

  /** Takes of a conversation, which keeps its place; an empty one goes. */
  shrink(thread: KeptThread, drop: () => void): void {
    const { bytes, turns } = thread;
    drop();
    this.#bytes += thread.bytes - bytes;
    this.#turns += thread.turns - turns;
    const held = this.#byTenant.get(thread.tenant);
    if (held !== undefined) held.bytes += thread.bytes - bytes;
    if (thread.turns === 0) this.remove(thread);
  }

  remove(thread: KeptThread): void {
    const held = this.#byTenant.get(thread.tenant);
    if (held === undefined || !held.threads.delete(thread)) return;
    this.#byKey.delete(thread.key);
    this.#bytes -= thread.bytes;
    this.#turns -= thread.turns;
    held.bytes -= thread.bytes;
    if (held.threads.size === 0) this.#byTenant.delete(thread.tenant);
  }

  /** Makes room after a conversation has grown: of its own oldest turns, then of other conversations. */
  trim(grown: KeptThread): void {
    while (grown.turns > this.#bounds.maxTurns) this.#dropOldestOf(grown);
    while (this.#isOver()) {
      const first = this.#firstToGo(grown.tenant);
      if (first === undefined) return;
      if (first === grown) this.#dropOldestOf(grown);
      else {
        this.#evicted += first.turns;
        this.remove(first);
      }
    }
  }

  #insert(thread: KeptThread): void {
    let held = this.#byTenant.get(thread.tenant);
    if (held === undefined) {
      held = { threads: new Set(), bytes: 0 };
      this.#byTenant.set(thread.tenant, held);
    }
    held.threads.add(thread);
    held.bytes += thread.bytes;
    this.#byKey.set(thread.key, thread);
    this.#bytes += thread.bytes;
    this.#turns += thread.turns;
  }

  #dropOldestOf(thread: KeptThread): void {
    const before = thread.turns;
    this.shrink(thread, () => thread.dropOldest());
    this.#evicted += before - thread.turns;
  }

  #isOver(): boolean {
    const { maxBytes, maxConversations } = this.#bounds;
    return this.#bytes > maxBytes || this.#byKey.size > maxConversations;
  }

  /** A tenant that holds more than its share makes room itself. */
  #firstToGo(tenant: string): KeptThread | undefined {
    const { maxBytes, maxConversations, tenantShare } = this.#bounds;
    const held = this.#byTenant.get(tenant);
    const isAbove =
      held !== undefined &&
      (held.bytes > maxBytes * tenantShare || held.threads.size > maxConversations * tenantShare);
    const [first] = isAbove ? held.threads : this.#byKey.values();
    return first;
  }
}
