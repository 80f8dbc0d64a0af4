import { NewsInOrder } from './news-in-order.ts';

interface Kill {
  readonly kind: 'killed';
  readonly reason: string;
  readonly force: boolean;
}

/** What an operator has thrown over all flags of this process. */
export type SwitchState = { readonly kind: 'open' } | Kill;

const open: SwitchState = { kind: 'open' };

/**
 * The kill switch of a cutover: one field that every call reads, so that a kill holds from the next call on. Two hands
 * are on it, the app's and a kill file's, and each takes back its own kill alone.
 */
export class Switchboard {
  /** What is told of it, and of what it goes by. */
  readonly news = new NewsInOrder();
  state: SwitchState = open;
  /** The same as `state.kind === 'killed'`, for the hot path. */
  killed = false;
  #byHand: Kill | undefined;
  #byFile: Kill | undefined;

  kill(reason: string, force: boolean): void {
    this.#byHand = { kind: 'killed', reason, force };
    this.#settle();
  }

  /** Takes back what `kill` did. */
  revive(): void {
    this.#byHand = undefined;
    this.#settle();
  }

  /** Kills until `reviveByFile`, beside a kill by hand, whose reason and force come first. */
  killByFile(reason: string): void {
    this.#byFile = { kind: 'killed', reason, force: false };
    this.#settle();
  }

  /** Takes back what `killByFile` did. */
  reviveByFile(): void {
    this.#byFile = undefined;
    this.#settle();
  }

  #settle(): void {
    this.state = this.#byHand ?? this.#byFile ?? open;
    this.killed = this.state !== open;
  }
}
