import { attempt } from '../../core/attempt.ts';
import { isThenable } from '../../core/call/observation.ts';
import { CutoverError } from '../../core/errors.ts';
import type { Reporter } from '../../core/events/events.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';
import type { FlagProvider } from '../provider.ts';

type State =
  | { readonly name: 'idle' | 'ready' | 'fatal' }
  | { readonly name: 'starting'; readonly started: Promise<boolean> }
  | { readonly name: 'closed'; readonly closed: Promise<void> };

// OpenFeature's names for the events.
const configurationChanged = 'PROVIDER_CONFIGURATION_CHANGED';
const troubled = 'PROVIDER_ERROR';
const maxTroubleChars = 2_000;

/**
 * A provider's start, its changes and its end: one per provider, shared by all routes that ask it. Nothing here throws
 * or rejects; what fails is reported.
 */
export class ProviderLifecycle {
  readonly #provider: FlagProvider;
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  readonly #listeners: (() => void)[] = [];
  readonly #changed = (): void => {
    for (const listener of this.#listeners) listener();
  };
  readonly #troubled = (details?: unknown): void => this.#reportTrouble(details);
  #listening = false;
  #ramp: Disposable | undefined;
  #state: State = { name: 'idle' };

  constructor(options: { provider: FlagProvider; reporter: Reporter; clock: Clock }) {
    this.#provider = options.provider;
    this.#reporter = options.reporter;
    this.#clock = options.clock;
  }

  /**
   * Whether the provider can be asked: initializes it the first time, and again whenever that failed. A fatal failure
   * and `close` are final.
   */
  ready(): boolean | Promise<boolean> {
    const state = this.#state;
    if (state.name === 'ready') return true;
    if (state.name === 'starting') return state.started;
    return state.name === 'idle' ? this.#start() : false;
  }

  /** Calls `listener` whenever the provider says that its configuration has changed. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Closes the provider; waits for it at most `timeoutMs` milliseconds. Idempotent. */
  close(timeoutMs: number): Promise<void> {
    if (this.#state.name === 'closed') return this.#state.closed;
    const closed = this.#end(timeoutMs);
    this.#state = { name: 'closed', closed };
    return closed;
  }

  #start(): boolean | Promise<boolean> {
    try {
      this.#listen();
      // What a provider starts outlives the call that happened to be the first one.
      const starting = inRootScope(() => this.#provider.initialize?.({}));
      if (!isThenable(starting)) return this.#started();
      const started = Promise.resolve(starting).then(
        () => this.#started(),
        (error: unknown) => this.#failed(error),
      );
      this.#state = { name: 'starting', started };
      return started;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #listen(): void {
    if (this.#listening) return;
    this.#provider.events?.addHandler(configurationChanged, this.#changed);
    this.#provider.events?.addHandler(troubled, this.#troubled);
    this.#listening = true;
    this.#followRamp();
  }

  /** A provider that cannot tell of its ramp answers all the same. */
  #followRamp(): void {
    const reporter = this.#reporter;
    try {
      this.#ramp = this.#provider.onRamp?.({
        wants: (type) => reporter.wants(type),
        stage: (event) => reporter.emit('stage', event),
        gate: (event) => reporter.emit('gate', event),
      });
    } catch (error) {
      reporter.contained('flags.provider', error);
    }
  }

  #started(): boolean {
    if (this.#state.name === 'closed') return false;
    this.#state = { name: 'ready' };
    return true;
  }

  #failed(error: unknown): false {
    this.#reporter.contained('flags.initialize', error);
    if (this.#state.name !== 'closed') this.#state = { name: isFatal(error) ? 'fatal' : 'idle' };
    return false;
  }

  #reportTrouble(details: unknown): void {
    const told = attempt(() => (details as { readonly message?: unknown }).message);
    const message = typeof told === 'string' ? told : 'it did not say why';
    const { name } = this.#provider.metadata;
    const error = `Flag provider ${name} is in trouble: ${message.slice(0, maxTroubleChars)}`;
    this.#reporter.contained('flags.provider', new CutoverError('ERR_CUTOVER_CONTAINED', error));
  }

  async #end(timeoutMs: number): Promise<void> {
    const { events } = this.#provider;
    if (this.#listening) {
      this.#leave(() => events?.removeHandler(configurationChanged, this.#changed));
      this.#leave(() => events?.removeHandler(troubled, this.#troubled));
      this.#leave(() => this.#ramp?.[Symbol.dispose]());
    }
    try {
      await this.#within(timeoutMs, this.#provider.onClose?.());
    } catch (error) {
      this.#reporter.contained('flags.close', error);
    }
  }

  /** What does not let itself be taken back must not keep the provider from being closed. */
  #leave(takeBack: () => unknown): void {
    try {
      takeBack();
    } catch (error) {
      this.#reporter.contained('flags.close', error);
    }
  }

  async #within(timeoutMs: number, closing: void | Promise<void>): Promise<void> {
    if (!isThenable(closing)) return;
    let timer: TimerHandle;
    const patience = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(resolve, timeoutMs);
    });
    await Promise.race([closing, patience]).finally(() => this.#clock.clearTimeout(timer));
  }
}

function isFatal(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as { code?: unknown }).code === 'PROVIDER_FATAL'
  );
}
