import assert from 'node:assert/strict';
import { isThenable } from '../core/call/observation.ts';
import { isStage, type Stage, stageNames } from '../core/stage.ts';
import type { EvaluationContext, FlagProvider, FlagResolution } from '../flags/provider.ts';

/** A fresh provider and how its stages are set. */
export interface FlagProviderHarness {
  readonly provider: FlagProvider;
  /** Puts one tenant into a stage; with `perTenant: false` every tenant. */
  set(tenant: string, stage: Stage): void | Promise<void>;
}

/** What the conformance suite is run on, and with whose `describe` and `it`. */
export interface FlagProviderSuiteOptions {
  /** Names the provider in the test names. */
  readonly name: string;
  /** Makes a provider that no other test has touched. */
  make(): FlagProviderHarness | Promise<FlagProviderHarness>;
  /** Groups tests, as in vitest, jest and `node:test`. */
  describe(name: string, define: () => void): unknown;
  /** Declares a test, as in vitest, jest and `node:test`. */
  it(name: string, run: () => Promise<void>): unknown;
  /** The flag that the harness sets. @default 'cutover.chat' */
  readonly flagKey?: string | undefined;
  /** Stages that the harness can set. @default all six */
  readonly stages?: readonly Stage[] | undefined;
  /** False: a stage is set for all tenants at once. @default true */
  readonly perTenant?: boolean | undefined;
  /** True: the provider has one answer for all flags, so that none is unknown to it. @default false */
  readonly anyFlag?: boolean | undefined;
}

/** Tenants whose names have broken lookups before. */
const oddTenants: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  ' ',
  'a\0b',
  '🦉',
  'lone \ud800 surrogate',
  'é'.normalize('NFD'),
  'x'.repeat(10_000),
];

const silent = { error() {}, warn() {}, info() {}, debug() {} };

/**
 * Declares the tests that every flag provider has to pass: those built in, and yours.
 *
 * @example
 * testFlagProvider({
 *   name: 'my flags',
 *   make: () => {
 *     const provider = new MyFlags();
 *     return { provider, set: (tenant, stage) => provider.put(tenant, stage) };
 *   },
 *   describe,
 *   it,
 * });
 */
export function testFlagProvider(options: FlagProviderSuiteOptions): void {
  const { describe, it, name, perTenant = true } = options;
  const suite = new FlagProviderSuite(options);
  describe(`flag provider: ${name}`, () => {
    it('has a name', () => suite.isNamed());
    it('answers with every stage that was set, at once', () => suite.answersWhatWasSet());
    it('gives an unknown flag the default, or an error', () => suite.knowsItsFlags());
    it('gives the same tenant the same answer every time', () => suite.isSticky());
    it('is safe with odd tenant names, and without one', () => suite.isSafeWithOddNames());
    if (perTenant) {
      it('keeps an odd tenant name to the tenant it names', () => suite.keepsTenantsApart());
    }
    it('answers concurrent calls each for its own tenant', () => suite.isConcurrent());
    it('leaves the context as it was', () => suite.leavesTheContext());
    it('answers synchronously and never throws if it says it is in process', () =>
      suite.keepsItsWordOnInProcess());
    it('can be closed, whether or not it has been asked', () => suite.canBeClosed());
  });
}

class FlagProviderSuite {
  readonly #options: FlagProviderSuiteOptions;
  readonly #flagKey: string;
  readonly #stages: readonly Stage[];

  constructor(options: FlagProviderSuiteOptions) {
    this.#options = options;
    this.#flagKey = options.flagKey ?? 'cutover.chat';
    this.#stages = options.stages ?? stageNames;
  }

  async isNamed(): Promise<void> {
    const { provider } = await this.#start();
    assert.equal(typeof provider.metadata.name, 'string');
    assert.notEqual(provider.metadata.name, '');
  }

  async answersWhatWasSet(): Promise<void> {
    const { provider, set } = await this.#start();
    for (const stage of [...this.#stages, ...this.#stages].reverse()) {
      await set('acme', stage);
      assert.equal(await this.#stageOf(provider, { targetingKey: 'acme' }), stage);
    }
  }

  async knowsItsFlags(): Promise<void> {
    const { provider, set } = await this.#start();
    const stage = this.#stages.at(-1) as Stage;
    await set('acme', stage);
    for (const flagKey of ['cutover.no-such-flag', '', '__proto__', 'constructor']) {
      for (const defaultStage of stageNames) {
        const answer = await this.#attempt(provider, flagKey, defaultStage);
        const expected = this.#options.anyFlag === true ? stage : defaultStage;
        if (answer !== undefined) assert.equal(answer.value, expected);
      }
    }
  }

  async isSticky(): Promise<void> {
    const { provider, set } = await this.#start();
    await set('someone else', this.#stages[0] as Stage);
    await set('acme', this.#stages.at(-1) as Stage);
    for (const targetingKey of ['acme', 'never set']) {
      const first = await this.#stageOf(provider, { targetingKey });
      for (let i = 0; i < 100; i += 1) {
        assert.equal(await this.#stageOf(provider, { targetingKey }), first);
      }
    }
  }

  async isSafeWithOddNames(): Promise<void> {
    const { provider, set } = await this.#start();
    await set('acme', this.#stages[0] as Stage);
    for (const targetingKey of [...oddTenants, '']) {
      assert.ok(isStage(await this.#stageOf(provider, { targetingKey })));
    }
    assert.ok(isStage(await this.#stageOf(provider, {})));
  }

  async keepsTenantsApart(): Promise<void> {
    const [first, last] = [this.#stages[0] as Stage, this.#stages.at(-1) as Stage];
    for (const odd of oddTenants) {
      const { provider, set } = await this.#start();
      await set('acme', first);
      await set(odd, last);
      assert.equal(await this.#stageOf(provider, { targetingKey: odd }), last);
      assert.equal(await this.#stageOf(provider, { targetingKey: 'acme' }), first);
    }
  }

  async isConcurrent(): Promise<void> {
    const { provider, set } = await this.#start();
    const tenants = Array.from({ length: 60 }, (_, n) => `tenant-${n}`);
    const stages = tenants.map((_, n) => {
      const turn = this.#options.perTenant === false ? 0 : n;
      return this.#stages[turn % this.#stages.length] as Stage;
    });
    for (const [n, tenant] of tenants.entries()) await set(tenant, stages[n] as Stage);
    const answers = await Promise.all(
      tenants.map((targetingKey) => this.#stageOf(provider, { targetingKey })),
    );
    assert.deepEqual(answers, stages);
  }

  async leavesTheContext(): Promise<void> {
    const { provider, set } = await this.#start();
    await set('acme', this.#stages[0] as Stage);
    const context = { targetingKey: 'acme', user: 'ann', plan: 'pro', seats: 3, beta: true };
    await this.#stageOf(provider, context);
    assert.deepEqual(context, {
      targetingKey: 'acme',
      user: 'ann',
      plan: 'pro',
      seats: 3,
      beta: true,
    });
    assert.equal(
      await this.#stageOf(provider, Object.freeze({ ...context })),
      await this.#stageOf(provider, context),
    );
  }

  async keepsItsWordOnInProcess(): Promise<void> {
    const { provider, set } = await this.#start();
    if (provider.inProcess !== true) return;
    await set('acme', this.#stages[0] as Stage);
    const contexts = [...oddTenants, '', 'acme'].map((targetingKey) => ({ targetingKey }));
    for (const context of [...contexts, {}, { user: 7 }, { targetingKey: 'acme', user: null }]) {
      for (const flagKey of [this.#flagKey, 'cutover.no-such-flag', '__proto__']) {
        const answer = provider.resolveStringEvaluation(flagKey, 'off', context, silent);
        assert.ok(!isThenable(answer), 'an in-process provider answered with a promise');
        assert.ok(isStage(answer.value));
      }
    }
  }

  async canBeClosed(): Promise<void> {
    const unasked = await this.#options.make();
    await unasked.provider.onClose?.();
    const { provider } = await this.#start();
    await provider.onClose?.();
  }

  async #start(): Promise<FlagProviderHarness> {
    const { provider, set } = await this.#options.make();
    await provider.initialize?.({});
    return { provider, set };
  }

  async #stageOf(provider: FlagProvider, context: EvaluationContext): Promise<string> {
    const answer = await provider.resolveStringEvaluation(this.#flagKey, 'off', context, silent);
    assert.equal(answer.errorCode, undefined);
    return answer.value;
  }

  async #attempt(
    provider: FlagProvider,
    flagKey: string,
    defaultValue: string,
  ): Promise<FlagResolution | undefined> {
    try {
      const context = { targetingKey: 'acme' };
      return await provider.resolveStringEvaluation(flagKey, defaultValue, context, silent);
    } catch {
      return undefined;
    }
  }
}
