import type { Turn } from '../core/call/subject.ts';
import type { ServedTurns, Transcript, TurnRange } from '../core/contracts/transcript.ts';
import { issuesOf, refuse } from '../core/option-checks.ts';
import { inRootScope } from '../core/root-scope.ts';
import { keyCopy } from '../core/text/text.ts';
import { systemClock, type TimerHandle } from '../core/time/clock.ts';
import { dayMs } from '../core/time/spans.ts';
import { KeptThread } from './kept-thread.ts';
import { KeptThreads } from './kept-threads.ts';
import { type MemoryTranscriptOptions, memoryChecks } from './memory-options.ts';
import { threadKey } from './thread-key.ts';

/** How much a transcript holds now. */
export interface MemoryTranscriptSizes {
  readonly conversations: number;
  readonly turns: number;
  /** Two a character, and what the turns' objects take. */
  readonly bytes: number;
  /** Turns that had to go before their time, for lack of room. */
  readonly evicted: number;
}

/** A transcript that lives and ends with this process. */
export interface MemoryTranscript extends Transcript {
  readonly sizes: MemoryTranscriptSizes;
}

/** Of a turn's time to live, so much at most it is kept in memory after it has passed. */
const sweepShare = 1 / 8;

const leastSweepMs = 1000;

/** How long an erasure is remembered, for turns that are still on their way. */
const erasureMs = 600_000;

/** Erasures that are remembered. */
const mostErasures = 10_000;

class Memory implements MemoryTranscript {
  readonly redact: ((text: string) => string) | undefined;
  readonly maxTurnChars: number | undefined;
  readonly #clock;
  readonly #ttlMs: number;
  readonly #kept: KeptThreads;
  /** When a tenant, or a conversation, was erased last. */
  readonly #erasedAt = new Map<string, number>();
  #timer: TimerHandle | undefined;

  constructor(options: MemoryTranscriptOptions) {
    const { clock = systemClock, ttlMs = dayMs, redact, maxTurnChars } = options;
    const { maxTurns = 200, maxConversations = 10_000 } = options;
    const { maxBytes = 64 * 1_048_576, tenantShare = 0.25 } = options;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.redact = redact;
    this.maxTurnChars = maxTurnChars;
    this.#kept = new KeptThreads({ maxTurns, maxConversations, maxBytes, tenantShare });
  }

  get sizes(): MemoryTranscriptSizes {
    return this.#kept.sizes;
  }

  async append(served: ServedTurns): Promise<void> {
    const { tenant, conversation, at, answeredAt = at } = served;
    const key = threadKey(tenant, conversation);
    if (at <= this.#oldest() || this.#isErased(tenant, key, answeredAt)) return;
    const thread = this.#kept.get(key) ?? new KeptThread(key, tenant);
    this.#kept.grow(thread, () => thread.add(served));
    this.#kept.trim(thread);
    this.#sweepLater();
  }

  async history(tenant: string, conversation: string, range: TurnRange = {}): Promise<Turn[]> {
    return this.#kept.get(threadKey(tenant, conversation))?.read(range, this.#oldest()) ?? [];
  }

  async erase(tenant: string, conversation?: string): Promise<void> {
    const key = conversation === undefined ? tenantKey(tenant) : threadKey(tenant, conversation);
    const now = this.#clock.now();
    // A clock that was set back meanwhile takes no erasure back.
    const last = Math.max(now, this.#erasedAt.get(key) ?? now);
    this.#erasedAt.delete(key);
    this.#erasedAt.set(keyCopy(key), last);
    if (this.#erasedAt.size > mostErasures) {
      for (const [oldest] of this.#erasedAt) {
        this.#erasedAt.delete(oldest);
        break;
      }
    }
    this.#sweepLater();
    const one = this.#kept.get(key);
    const erased = conversation === undefined ? [...this.#kept.ofTenant(tenant)] : one ? [one] : [];
    for (const thread of erased) this.#kept.remove(thread);
  }

  /** Turns from then and before are over. */
  #oldest(): number {
    return this.#clock.now() - this.#ttlMs;
  }

  #isErased(tenant: string, key: string, at: number): boolean {
    // Of the erasure's own millisecond nobody knows what was before it: it goes, as in every store.
    const keys = [tenantKey(tenant), key];
    return keys.some((one) => at <= (this.#erasedAt.get(one) ?? Number.NEGATIVE_INFINITY));
  }

  /** Text whose time is over goes also when nobody calls. */
  #sweepLater(): void {
    if (this.#timer !== undefined) return;
    if (this.#kept.sizes.conversations + this.#erasedAt.size === 0) return;
    const ms = Math.max(leastSweepMs, this.#ttlMs * sweepShare);
    this.#timer = inRootScope(() => this.#clock.setTimeout(() => this.#sweep(), ms));
  }

  #sweep(): void {
    this.#timer = undefined;
    const oldest = this.#oldest();
    for (const thread of [...this.#kept.all()]) {
      this.#kept.shrink(thread, () => thread.dropUntil(oldest));
    }
    const forgotten = this.#clock.now() - erasureMs;
    for (const [key, at] of this.#erasedAt) if (at < forgotten) this.#erasedAt.delete(key);
    this.#sweepLater();
  }
}

// No conversation's key begins like it.
const tenantKey = (tenant: string): string => `tenant:${tenant}`;

/**
 * Keeps the served turns in memory: bounded in turns, conversations and bytes, each with a time to live.
 *
 * @throws InvalidOptionsError naming every issue at once
 * @example
 * ```ts
 * import { memoryTranscript } from 'engramia-cutover/transcript';
 *
 * const transcript = memoryTranscript({ ttlMs: 3_600_000 });
 * ```
 */
export function memoryTranscript(options: MemoryTranscriptOptions = {}): MemoryTranscript {
  refuse('memoryTranscript()', issuesOf(options, memoryChecks));
  return new Memory(options);
}
