import { AsyncResource } from 'node:async_hooks';
import type { Mirror, MirrorableExchange } from '../../core/contracts/exchange.ts';

const manual = { requireManualDestroy: true };

/** A call that waits to be mirrored, with the async context in which it was made: that is where its mirror runs. */
export class MirrorTask extends AsyncResource {
  /** One that is kept: without any, what was compiled for them would be thrown away with the garbage. */
  static readonly layout = new MirrorTask(undefined);
  static {
    MirrorTask.layout.emitDestroy();
  }

  #exchange: MirrorableExchange | undefined;
  #mirror: Mirror | undefined = undefined;
  /** Whether a run was taken from the budget. */
  isBudgeted = false;

  constructor(exchange: MirrorableExchange | undefined) {
    super('engramia-cutover.mirror', manual);
    this.#exchange = exchange;
  }

  /** The call, as long as it was not prepared. */
  get exchange(): MirrorableExchange {
    return this.#exchange as MirrorableExchange;
  }

  /** What is left to be told of: the call, or what was prepared of it. */
  get subject(): MirrorableExchange | Mirror {
    return this.#mirror ?? this.exchange;
  }

  /** Lets go of the call: its mirror has copies, only the context is still needed. */
  become(mirror: Mirror): void {
    this.#mirror = mirror;
    this.#exchange = undefined;
  }
}
