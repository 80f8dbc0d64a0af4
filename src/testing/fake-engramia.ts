import type { HttpHandler } from 'msw';
import { issuesOf, refuse } from '../core/option-checks.ts';
import { Emulator, type Outage, outageCheck } from './emulator.ts';
import { State } from './engine/state.ts';
import { type Fetch, fakeFetch } from './fake-fetch.ts';
import { type FakeEngramiaOptions, toSettings } from './fake-options.ts';
import { type FakePattern, toFakePattern } from './fake-pattern.ts';
import { Loopback } from './loopback.ts';
import { type HandlerSource, mswHandlers } from './msw-handlers.ts';
import type { LoggedRequest } from './request-log.ts';

/** An Engramia service in this process: one state behind all its fronts. */
export interface FakeEngramia extends AsyncDisposable {
  /** The address that `handlers` and `fetch` answer, without a slash at the end. */
  readonly url: string;
  /** The first of its keys. */
  readonly key: string;
  /**
   * msw request handlers, for `setupServer(...fake.handlers)`.
   *
   * @throws when the package msw is not installed
   */
  readonly handlers: readonly HttpHandler[];
  /** A fetch that reaches this service and nothing else. Follows redirects, obeys `signal`. */
  readonly fetch: Fetch;
  /** Everything that arrived, oldest first, with the tenant of its key. Grows with every request. */
  readonly requests: readonly LoggedRequest[];
  /** Listens on a free port of 127.0.0.1; `close` ends all its connections. */
  listen(): Promise<{ readonly url: string; close(): Promise<void> }>;
  /** The stored patterns of a tenant, of all its projects unless one is named. */
  patterns(tenant: string, project?: string): readonly FakePattern[];
  /** Breaks the service. @default 'refuse' @throws InvalidOptionsError for a way that there is not */
  down(how?: Outage): void;
  /** Mends it. Resolves when its ports listen again; what hangs goes on hanging. */
  up(): Promise<void>;
  /** Answers come `ms` milliseconds late by its clock; the work is still done at once. */
  setLatency(ms: number): void;
}

/**
 * Starts an emulated Engramia service, as the real one was measured: its order of checks, limits, errors, word
 * deduplication, recalls that change scores, roles, quota and rate limits.
 *
 * Not measured, so of our own choosing: the permission names in 403 texts apart from `learn` and `audit:read`, the
 * `error_code` of 422, the messages of schema issues, the ranking's weights and the redaction's patterns. With
 * `json` every learn that overlaps another in its project answers 500 after storing; the real one did in 35 to 45 %
 * of cases. Latency that grows with the store, security headers and the lost updates of counters are left out.
 *
 * Left out, so answered 404 with a bare `detail`: `/v1/governance/dsr`, `/v1/feedback/decay`, everything below
 * `/v1/credentials`, `/v1/billing` (but `status`), `/auth` and `/docs`. As there, `/v1/governance/delete-scope` is 404.
 *
 * @throws InvalidOptionsError with every value that cannot be used
 * @example
 * await using fake = await fakeEngramia({ keys: { 'key-a': { tenant: 'a' }, 'key-b': { tenant: 'b' } } });
 * const client = createEngramiaClient({ baseUrl: fake.url, apiKey: 'key-a', fetch: fake.fetch });
 */
export async function fakeEngramia(options: FakeEngramiaOptions = {}): Promise<FakeEngramia> {
  const settings = toSettings(options);
  const emulator = new Emulator(new State(settings), settings.rateLimits);
  const handlers = await mswHandlers(emulator, settings.url);
  const [key = ''] = Object.keys(settings.keys);
  return new Fake(emulator, settings.url, key, handlers);
}

class Fake implements FakeEngramia {
  readonly url: string;
  readonly key: string;
  readonly fetch: Fetch;
  readonly #emulator: Emulator;
  readonly #handlers: HandlerSource;
  readonly #ports = new Set<Loopback>();

  constructor(emulator: Emulator, url: URL, key: string, handlers: HandlerSource) {
    this.url = url.origin;
    this.key = key;
    this.fetch = fakeFetch(emulator, url);
    this.#emulator = emulator;
    this.#handlers = handlers;
  }

  get handlers(): readonly HttpHandler[] {
    return this.#handlers();
  }

  get requests(): readonly LoggedRequest[] {
    return this.#emulator.log.entries;
  }

  async listen(): Promise<{ readonly url: string; close(): Promise<void> }> {
    const port = await Loopback.start(this.#emulator);
    this.#ports.add(port);
    if (this.#emulator.outage === 'refuse') port.pause();
    const close = async (): Promise<void> => {
      if (this.#ports.delete(port)) await port.close();
    };
    return { url: port.url, close };
  }

  patterns(tenant: string, project?: string): readonly FakePattern[] {
    return this.#emulator.state
      .scopesOf(tenant)
      .filter((scope) => project === undefined || scope.project === project)
      .flatMap((scope) => [...scope.patterns.values()].map(toFakePattern));
  }

  down(how: Outage = 'refuse'): void {
    refuse('down()', issuesOf({ how }, { how: outageCheck }));
    this.#emulator.outage = how;
    for (const port of this.#ports) {
      if (how === 'refuse') port.pause();
      // If that fails, `up` tries again and tells.
      else port.resume().catch(() => undefined);
    }
  }

  async up(): Promise<void> {
    this.#emulator.outage = undefined;
    await Promise.all([...this.#ports].map((port) => port.resume()));
  }

  setLatency(ms: number): void {
    this.#emulator.latencyMs = ms;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ports = [...this.#ports];
    this.#ports.clear();
    await Promise.all(ports.map((port) => port.close()));
  }
}
