import type { LearnTarget } from '../../core/contracts/learner.ts';
import { EngramiaError } from '../../core/errors.ts';
import { check, issuesOf, refuse, required } from '../../core/option-checks.ts';
import { keyCopy } from '../../core/text/text.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import type { EngramiaClient } from '../client.ts';
import { clientWith } from '../client-options.ts';
import { toLearnTarget } from './learn-target.ts';
import type { ScopeSource } from './scope-source.ts';

/** Tells a tenant's own key; undefined or null: it has none, and nothing is called for it. */
export type KeyLookup = (
  tenant: string,
) => string | null | undefined | PromiseLike<string | null | undefined>;

/** Options of `keyPerTenant`. */
export interface KeyPerTenantOptions {
  /** Milliseconds that an answer is remembered, also that there is no key. @default 60_000 */
  ttlMs?: number | undefined;
  /** Tenants remembered; beyond it the oldest is forgotten. @default 10_000 */
  maxTenants?: number | undefined;
  /** Where time is read. @default Node's */
  clock?: Clock | undefined;
}

interface Scope {
  readonly client: EngramiaClient;
  readonly target: LearnTarget;
}

/** `late`: the last look-up was given up. The next call asks again; those beside it do not wait for that. */
type Entry =
  | { readonly state: 'asking'; readonly answer: Promise<Scope | undefined>; wasLate: boolean }
  | { readonly state: 'late' }
  | { readonly state: 'known'; readonly scope: Scope | undefined; readonly until: number };

/** Milliseconds that a look-up may take: who waits for it holds a place that other tenants want. */
const lookupMs = 10_000;

const optionChecks = { ttlMs: check.positive, maxTenants: check.count, clock: check.clock };

class TenantKeys implements ScopeSource {
  readonly #base: EngramiaClient;
  readonly #lookup: KeyLookup;
  readonly #ttlMs: number;
  readonly #maxTenants: number;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(base: EngramiaClient, lookup: KeyLookup, options: KeyPerTenantOptions) {
    this.#base = base;
    this.#lookup = lookup;
    this.#ttlMs = options.ttlMs ?? 60_000;
    this.#maxTenants = options.maxTenants ?? 10_000;
    this.#clock = options.clock ?? systemClock;
  }

  targetOf(tenant: string): LearnTarget | undefined | Promise<LearnTarget | undefined> {
    const scope = this.#scopeOf(tenant);
    return scope instanceof Promise ? scope.then((known) => known?.target) : scope?.target;
  }

  clientOf(tenant: string): EngramiaClient | undefined | Promise<EngramiaClient | undefined> {
    const scope = this.#scopeOf(tenant);
    return scope instanceof Promise ? scope.then((known) => known?.client) : scope?.client;
  }

  #scopeOf(tenant: string): Scope | undefined | Promise<Scope | undefined> {
    if (typeof tenant !== 'string' || tenant === '') return undefined;
    const entry = this.#entries.get(tenant);
    if (entry?.state === 'asking') return entry.wasLate ? Promise.reject(late()) : entry.answer;
    if (entry?.state === 'known' && this.#clock.monotonic() < entry.until) return entry.scope;
    return this.#ask(tenant, entry?.state === 'late');
  }

  #ask(name: string, wasLate: boolean): Promise<Scope | undefined> {
    const tenant = keyCopy(name); // kept for long, so it must not keep what the name was cut from
    const answer = this.#inTime(this.#find(tenant));
    const asking: Entry = { state: 'asking', answer, wasLate };
    this.#remember(tenant, asking);
    const ended = (next?: Entry): void => {
      // It may have been forgotten meanwhile, and asked anew.
      if (this.#entries.get(tenant) !== asking) return;
      if (next === undefined) this.#entries.delete(tenant);
      else this.#entries.set(tenant, next);
    };
    answer.then(
      (scope) => ended({ state: 'known', scope, until: this.#clock.monotonic() + this.#ttlMs }),
      (error) => ended(isLate(error) ? { state: 'late' } : undefined),
    );
    return answer;
  }

  #inTime(found: Promise<Scope | undefined>): Promise<Scope | undefined> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => reject(late()), lookupMs);
      found.then(resolve, reject).finally(() => this.#clock.clearTimeout(timer));
    });
  }

  async #find(tenant: string): Promise<Scope | undefined> {
    const key = await this.#lookup(tenant);
    if (key === undefined || key === null) return undefined;
    const client: EngramiaClient = this.#base.withKey(key, {
      onUnauthorized: () => this.#forget(tenant, client),
    });
    return { client, target: toLearnTarget(client, client.fingerprint ?? tenant) };
  }

  #remember(tenant: string, entry: Entry): void {
    this.#entries.delete(tenant);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= this.#maxTenants && !oldest.done) this.#entries.delete(oldest.value);
    this.#entries.set(tenant, entry);
  }

  #forget(tenant: string, client: EngramiaClient): void {
    const entry = this.#entries.get(tenant);
    if (entry?.state === 'known' && entry.scope?.client === client) this.#entries.delete(tenant);
  }
}

class LateLookup extends EngramiaError {}

const late = (): LateLookup =>
  new LateLookup(
    'ERR_ENGRAMIA_TIMEOUT',
    `The look-up of a tenant's key took longer than ${lookupMs} ms.`,
  );

const isLate = (error: unknown): boolean => error instanceof LateLookup;

/**
 * Each tenant has a key of its own, and so a scope of its own. Look-ups are remembered, concurrent ones are shared; a
 * look-up that rejects is not remembered, and a key that is answered with 401 is forgotten. A look-up that takes longer
 * than 10 seconds has failed, and what it answers after that is ignored; the next call asks again, and calls beside
 * that one fail at once.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function keyPerTenant(
  client: EngramiaClient,
  lookup: KeyLookup,
  options: KeyPerTenantOptions = {},
): ScopeSource {
  const given = { client, lookup };
  refuse('keyPerTenant()', [
    ...issuesOf(given, {
      client: required(clientWith('withKey')),
      lookup: required(check.function),
    }),
    ...issuesOf(options, optionChecks),
  ]);
  return new TenantKeys(client, lookup, options);
}
