/** A question to the world: asked every so often, given up after a while, never throwing. */
export class Probe {
  readonly #ask: (signal: AbortSignal) => unknown;
  readonly #everyMs: number;
  readonly #timeoutMs: number;
  #last: { readonly at: number; readonly answer: Promise<unknown> } | undefined;

  constructor(ask: (signal: AbortSignal) => unknown, everyMs: number, timeoutMs: number) {
    this.#ask = ask;
    this.#everyMs = everyMs;
    this.#timeoutMs = timeoutMs;
  }

  /** Undefined: it threw, or took too long. */
  answer(at: number): Promise<unknown> {
    // A clock that went back must not keep an old answer for ever.
    if (this.#last === undefined || Math.abs(at - this.#last.at) >= this.#everyMs) {
      this.#last = { at, answer: this.#asked() };
    }
    return this.#last.answer;
  }

  async #asked(): Promise<unknown> {
    const gaveUp = new AbortController();
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      gaveUp.abort();
      resolve(undefined);
    }, this.#timeoutMs).unref();
    try {
      return await Promise.race([this.#ask(gaveUp.signal), late]);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}
