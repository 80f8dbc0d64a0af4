import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';
import { connected } from './connected.ts';
import type { PostgresClient, PostgresPool } from './pool.ts';

/** Milliseconds before a connection that was lost is made anew: doubled each time, up to the last. */
const againMs = { first: 500, last: 30_000 };

/** Hears notifications on one connection of the pool, for as long as it is wanted. */
export class PostgresListener implements Disposable {
  readonly #pool: PostgresPool;
  readonly #channel: string;
  readonly #clock: Clock;
  readonly #onHint: (key: string | undefined) => void;
  #client: PostgresClient | undefined;
  #timer: TimerHandle;
  #waitMs = againMs.first;
  #isOver = false;

  constructor(
    { pool, channel, clock }: { pool: PostgresPool; channel: string; clock: Clock },
    onHint: (key: string | undefined) => void,
  ) {
    this.#pool = pool;
    this.#channel = channel;
    this.#clock = clock;
    this.#onHint = onHint;
    void inRootScope(() => this.#start());
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#clock.clearTimeout(this.#timer);
    this.#drop(this.#client);
  }

  async #start(): Promise<void> {
    let client: PostgresClient | undefined;
    try {
      client = await connected(this.#pool, (given) => this.#listenTo(given));
      await client.query({ text: `LISTEN "${this.#channel}"` });
    } catch {
      // Hints only: whoever watches looks by itself as well.
      this.#lost(client);
      return;
    }
    if (this.#isOver) return this.#drop(client);
    this.#waitMs = againMs.first;
    // What was told while nobody listened is looked for.
    this.#onHint(undefined);
  }

  #listenTo(client: PostgresClient): void {
    this.#client = client;
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ payload }) => this.#onHint(payload));
    client.unref?.();
  }

  #lost(client: PostgresClient | undefined): void {
    const isOurs = client === this.#client;
    this.#drop(client);
    if (this.#isOver || !isOurs) return;
    this.#timer = this.#clock.setTimeout(() => void this.#start(), this.#waitMs);
    this.#waitMs = Math.min(2 * this.#waitMs, againMs.last);
  }

  /** Closes the connection: it has listeners of ours, and would go on hearing. */
  #drop(client: PostgresClient | undefined): void {
    if (client === undefined || client !== this.#client) return;
    this.#client = undefined;
    client.release(true);
  }
}
