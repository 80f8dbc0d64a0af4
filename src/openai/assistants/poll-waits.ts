/** The longest wait that a service may ask for, in milliseconds. */
const longestMs = 60_000;

/** Where services say when to look again, and how many milliseconds their unit has. */
const places = [
  ['openai-poll-after-ms', 1],
  ['retry-after-ms', 1],
  ['retry-after', 1000],
] as const;

function askedFor(headers: Headers | undefined): number | undefined {
  for (const [name, unit] of places) {
    const value = headers?.get(name)?.trim();
    const ms = value ? Number(value) * unit : Number.NaN;
    if (Number.isFinite(ms) && ms >= 0) return Math.min(ms, longestMs);
  }
  return undefined;
}

/** The waits between looks at a run: longer and longer, unless the service says how long. */
export class PollWaits {
  #nextMs: number;
  readonly #mostMs: number;

  constructor({ pollMs, maxPollMs }: { readonly pollMs: number; readonly maxPollMs: number }) {
    this.#nextMs = pollMs;
    this.#mostMs = maxPollMs;
  }

  /** Milliseconds to wait now. */
  next(headers?: Headers): number {
    const asked = askedFor(headers);
    if (asked !== undefined) return asked;
    const ms = this.#nextMs;
    this.#nextMs = Math.min(ms * 1.5, this.#mostMs);
    return ms;
  }
}
