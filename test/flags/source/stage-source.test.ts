import { InMemoryProvider } from '@openfeature/server-sdk';
import { environmentFlags, memoryFlags, predicateFlags } from 'engramia-cutover/flags';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../src/core/call/subject.ts';
import type { StageSource } from '../../../src/core/contracts/stage-source.ts';
import { isStage, type Stage, stageNames } from '../../../src/core/stage.ts';
import type { FlagProvider, FlagResolution } from '../../../src/flags/provider.ts';
import { evaluationContext } from '../../../src/flags/source/evaluation-context.ts';
import {
  createStageSource,
  type StageSourceOptions,
} from '../../../src/flags/source/stage-source.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { RecordingReporter } from '../recording-reporter.ts';
import { ScriptedProvider } from '../scripted-provider.ts';

const acme: Subject = { tenant: 'acme', task: 'anything' };

function sourceOf(provider: FlagProvider, options: Partial<StageSourceOptions> = {}) {
  const reporter = new RecordingReporter();
  const clock = fakeClock();
  const source = createStageSource({
    provider,
    flagKey: 'cutover.chat',
    defaultStage: 'off',
    reporter,
    clock,
    ...options,
  });
  return { source, reporter, clock };
}

const never = (): Promise<FlagResolution> => new Promise(() => undefined);
const answering = (value: string) => async (): Promise<FlagResolution> => ({ value });
const deferred = () => {
  let resolve: (answer: FlagResolution) => void = () => undefined;
  const promise = new Promise<FlagResolution>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};
const throwing = (): never => {
  throw new Error('flag service down');
};
const ask = async (source: StageSource, tenant = 'acme', subject = acme): Promise<unknown> => {
  const { stage, reason } = await source.resolve(tenant, subject);
  return `${stage}, ${reason}`;
};

const worlds = [
  ['in process', true],
  ['behind the cache', false],
] as const;

describe.each(worlds)('Promise 6 (fail to the known): a provider %s', (_world, inProcess) => {
  it.each(['constructor', '__proto__', 'toString', 'LIVE', ' live', '', 'on', '100'])(
    'that answers %j gives the default stage and one report',
    async (value) => {
      const { source, reporter } = sourceOf(new ScriptedProvider(() => ({ value }), { inProcess }));
      expect(await ask(source)).toBe('off, default');
      expect(reporter.failures).toEqual([
        { operation: 'flags.resolve', error: expect.any(Error), where: { tenant: 'acme' } },
      ]);
      expect(reporter.messages[0]).toContain(JSON.stringify(value));
    },
  );

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a bare string', 'live'],
    ['no value', {}],
    ['a number', { value: 5 }],
    ['an object that prints as a stage', { value: { toString: () => 'live' } }],
    ['an array that prints as a stage', { value: ['live'] }],
    ['true', { value: true }],
    ['a stage with an error code', { value: 'live', errorCode: 'PARSE_ERROR' }],
    ['a stage with the reason ERROR', { value: 'live', reason: 'ERROR' }],
  ])('that answers %s gives the default stage and one report', async (_name, answer) => {
    const provider = new ScriptedProvider(() => answer as FlagResolution, { inProcess });
    const { source, reporter } = sourceOf(provider, { defaultStage: 'complete' });
    expect(await ask(source)).toBe('complete, default');
    expect(reporter.operations).toEqual(['flags.resolve']);
  });

  it('that throws gives the default stage, and tells what was thrown, where and for whom', async () => {
    const { source, reporter } = sourceOf(new ScriptedProvider(throwing, { inProcess }), {
      route: 'chat',
    });
    expect(await ask(source)).toBe('off, default');
    expect(reporter.messages).toEqual(['flag service down']);
    expect(reporter.failures[0]?.where).toEqual({ route: 'chat', tenant: 'acme' });
  });

  it('that rejects gives the default stage, whatever it rejects with', async () => {
    for (const reason of [new Error('down'), undefined, null, 'down']) {
      const provider = new ScriptedProvider(() => Promise.reject(reason), { inProcess });
      const { source, reporter } = sourceOf(provider);
      expect(await ask(source)).toBe('off, default');
      expect(reporter.operations).toEqual(['flags.resolve']);
    }
  });

  it('never makes the router throw, and never answers what is no stage', async () => {
    const answers = fc.oneof(
      fc.anything(),
      fc.record({ value: fc.anything() }),
      fc.record({ value: fc.constantFrom<string>(...stageNames), errorCode: fc.anything() }),
    );
    const turns = fc.constantFrom('return', 'throw', 'resolve', 'reject');
    await fc.assert(
      fc.asyncProperty(answers, turns, fc.string(), async (answer, turn, tenant) => {
        const provider = new ScriptedProvider(
          () => {
            if (turn === 'throw') throw answer;
            if (turn === 'reject') return Promise.reject(answer);
            return (turn === 'resolve' ? Promise.resolve(answer) : answer) as FlagResolution;
          },
          { inProcess },
        );
        const { source } = sourceOf(provider);
        const { stage } = await source.resolve(tenant, acme);
        expect(isStage(stage)).toBe(true);
        expect(isStage(source.fallback(tenant, acme).stage)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a tenant named like a property of every object to itself', async () => {
    for (const odd of ['__proto__', 'constructor', 'toString', 'valueOf']) {
      const provider = new ScriptedProvider(
        ({ context }) => ({ value: context.targetingKey === odd ? 'live' : 'shadow' }),
        { inProcess },
      );
      const { source } = sourceOf(provider);
      expect(source.fallback(odd, acme).stage).toBe(inProcess ? 'live' : 'off');
      expect(await ask(source, odd)).toBe('live, flag');
      expect(await ask(source)).toBe('shadow, flag');
      expect(source.fallback(odd, acme)).toMatchObject({ stage: 'live', reason: 'last-known' });
    }
  });
});

describe('Promise 6 (fail to the known): the last good answer of a provider behind the cache', () => {
  const failures: [string, () => FlagResolution | Promise<FlagResolution>][] = [
    ['throws', throwing],
    ['rejects', () => Promise.reject(new Error('flag service down'))],
    ['names no stage', () => ({ value: 'constructor' })],
    ['reports an error', async () => ({ value: 'off', errorCode: 'PROVIDER_NOT_READY' })],
  ];

  it.each(failures)('holds for as long as the provider %s', async (_name, fail) => {
    const provider = new ScriptedProvider(answering('live'));
    const { source, reporter, clock } = sourceOf(provider);
    expect(await ask(source)).toBe('live, flag');
    provider.answer = fail;
    for (let outage = 1; outage <= 3; outage += 1) {
      await clock.advance(60_000);
      expect(await ask(source)).toBe('live, last-known');
      expect(reporter.operations).toHaveLength(outage);
    }
    expect(await ask(source, 'another')).toBe('off, default');
    provider.answer = answering('rampdown');
    expect(await ask(source)).toBe('rampdown, flag');
  });

  it('is there when the provider hangs and the router has waited long enough', async () => {
    const provider = new ScriptedProvider(answering('live'));
    const { source, clock } = sourceOf(provider);
    await source.resolve('acme', acme);
    provider.answer = never;
    await clock.advance(5_001);
    expect(source.resolve('acme', acme)).toBeInstanceOf(Promise);
    expect(source.fallback('acme', acme)).toMatchObject({ stage: 'live', reason: 'last-known' });
    expect(source.fallback('new', acme)).toMatchObject({ stage: 'off', reason: 'default' });
  });

  it('is given without waiting once a question has been open for a second', async () => {
    const provider = new ScriptedProvider(answering('live'));
    const { source, clock } = sourceOf(provider);
    await source.resolve('acme', acme);
    provider.answer = never;
    await clock.advance(5_001);
    void source.resolve('acme', acme);
    await clock.advance(1_000);
    expect(source.resolve('acme', acme)).toMatchObject({ stage: 'live', reason: 'last-known' });
    expect(provider.questions).toHaveLength(2);
    await clock.advance(4_000);
    provider.answer = answering('rampdown');
    expect(await ask(source)).toBe('rampdown, flag');
  });

  it('outlives a change of the configuration that is followed by an outage', async () => {
    const provider = new ScriptedProvider(answering('live'));
    const { source } = sourceOf(provider);
    await source.resolve('acme', acme);
    provider.events.change();
    provider.answer = throwing;
    expect(await ask(source)).toBe('live, last-known');
  });

  it('is not overwritten by an answer that arrives after the question was given up', async () => {
    const late = deferred();
    const provider = new ScriptedProvider(() => late.promise);
    const { source, clock } = sourceOf(provider);
    const first = ask(source);
    await clock.advance(5_000);
    provider.answer = answering('rampdown');
    expect(await ask(source)).toBe('rampdown, flag');
    late.resolve({ value: 'live' });
    expect(await first).toBe('live, flag');
    expect(await ask(source)).toBe('rampdown, cached');
  });

  it('is given at once to those that a hanging provider has no room for', async () => {
    const provider = new ScriptedProvider(answering('live'));
    const { source, reporter, clock } = sourceOf(provider);
    await source.resolve('acme', acme);
    provider.answer = never;
    await clock.advance(5_001);
    for (let n = 0; n < 1_000; n += 1) void source.resolve(`tenant-${n}`, acme);
    expect(reporter.failures).toEqual([]);
    expect(source.resolve('acme', acme)).toMatchObject({ stage: 'live', reason: 'last-known' });
    expect(source.resolve('new', acme)).toMatchObject({ stage: 'off', reason: 'default' });
    expect(reporter.operations).toEqual(['flags.resolve', 'flags.resolve']);
    expect(provider.questions).toHaveLength(1_001);
    await clock.advance(5_000);
    provider.answer = answering('shadow');
    expect(await ask(source, 'new')).toBe('shadow, flag');
  });

  it('answers attributes that cannot be written down with the default, and says so', async () => {
    const attributes: Record<string, unknown> = {};
    attributes.self = attributes;
    const subject = { ...acme, attributes } as Subject;
    const { source, reporter } = sourceOf(new ScriptedProvider(answering('live')));
    expect(await ask(source, 'acme', subject)).toBe('off, default');
    expect(source.fallback('acme', subject)).toMatchObject({ stage: 'off', reason: 'default' });
    expect(reporter.operations).toEqual(['flags.resolve']);
  });
});

describe('a provider in process', () => {
  it('is asked on every call, so that a change holds from the next one', () => {
    const flags = memoryFlags('dualwrite');
    const { source } = sourceOf(flags);
    for (const stage of stageNames) {
      flags.set('acme', stage);
      expect(source.resolve('acme', acme)).toMatchObject({ stage, reason: 'flag' });
      expect(source.fallback('acme', acme)).toMatchObject({ stage, reason: 'last-known' });
    }
    flags.unset('acme');
    expect(source.resolve('acme', acme)).toMatchObject({ stage: 'dualwrite' });
  });

  it('that has nothing to say is not taken for one that has', () => {
    const { source } = sourceOf(environmentFlags({ ENGRAMIA_CUTOVER_SEARCH_STAGE: 'live' }), {
      defaultStage: 'dualwrite',
    });
    expect(source.resolve('acme', acme)).toMatchObject({ stage: 'dualwrite', reason: 'default' });
  });

  it('answers with the same frozen object for all tenants of a stage', () => {
    const { source } = sourceOf(memoryFlags('live'));
    const answer = source.resolve('acme', acme);
    expect(source.resolve('globex', acme)).toBe(answer);
    expect(Object.isFrozen(answer)).toBe(true);
  });

  it('that answers with a promise after all gets the default stage, and its rejection is caught', async () => {
    const flags = predicateFlags(() => Promise.reject(new Error('down')), {
      from: 'shadow',
      to: 'live',
      inProcess: true,
    });
    const { source, reporter } = sourceOf(flags);
    expect(source.resolve('acme', acme)).toMatchObject({ stage: 'off', reason: 'default' });
    expect(reporter.operations).toEqual(['flags.resolve']);
    const mend =
      'predicate answered with a promise, though it is said to be in process: leave inProcess out';
    expect(reporter.messages).toEqual([expect.stringContaining(mend)]);
  });
});

describe('a provider behind the cache', () => {
  it('is asked once in five seconds for the same tenant', async () => {
    const provider = new ScriptedProvider(answering('shadow'));
    const { source, clock } = sourceOf(provider);
    expect(await ask(source)).toBe('shadow, flag');
    provider.answer = answering('live');
    await clock.advance(4_999);
    expect(source.resolve('acme', acme)).toMatchObject({ stage: 'shadow', reason: 'cached' });
    await clock.advance(1);
    expect(await ask(source)).toBe('live, flag');
    expect(provider.questions).toHaveLength(2);
  });

  it('is never trusted for longer than five seconds, whatever is asked for', async () => {
    const provider = new ScriptedProvider(answering('shadow'));
    const { source, clock } = sourceOf(provider, { ttlMs: 60_000 });
    await ask(source);
    await clock.advance(5_000);
    expect(await ask(source)).toBe('shadow, flag');
  });

  it('is asked again at once when it says that its configuration has changed', async () => {
    const provider = new ScriptedProvider(answering('shadow'));
    const { source } = sourceOf(provider);
    await ask(source);
    provider.answer = answering('live');
    expect(await ask(source)).toBe('shadow, cached');
    provider.events.change();
    expect(await ask(source)).toBe('live, flag');
    expect(await ask(source)).toBe('live, cached');
  });

  it('may not have an answer kept that was on its way when the configuration changed', async () => {
    const early = deferred();
    const provider = new ScriptedProvider(() => early.promise);
    const { source } = sourceOf(provider);
    const waiting = ask(source);
    provider.events.change();
    early.resolve({ value: 'shadow' });
    expect(await waiting).toBe('shadow, flag');
    provider.answer = answering('live');
    expect(await ask(source)).toBe('live, flag');
  });

  it('is asked one question for all callers of one tenant', async () => {
    const provider = new ScriptedProvider(answering('live'));
    const { source } = sourceOf(provider);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(source)));
    expect(new Set(answers)).toEqual(new Set(['live, flag']));
    expect(provider.questions).toHaveLength(1);
  });

  it('that answers synchronously is served synchronously, and cached too', () => {
    const provider = new ScriptedProvider(() => ({ value: 'live' }));
    const { source } = sourceOf(provider);
    expect(source.resolve('acme', acme)).toMatchObject({ stage: 'live', reason: 'flag' });
    expect(source.resolve('acme', acme)).toMatchObject({ stage: 'live', reason: 'cached' });
    expect(provider.questions).toHaveLength(1);
  });

  it('never gives one tenant, user or set of attributes the answer of another', async () => {
    const name = fc.string({ unit: fc.constantFrom('a', '1', ':', '\0', '{', '"'), maxLength: 5 });
    const subjects = fc.record({
      tenant: name,
      user: fc.option(name, { nil: undefined }),
      attributes: fc.option(fc.dictionary(name, name, { maxKeys: 2 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(subjects, { minLength: 2, maxLength: 20 }), async (calls) => {
        const stages = new Map<string, Stage>();
        const provider = new ScriptedProvider(async ({ context }) => {
          const facts = JSON.stringify(Object.entries(context).sort());
          const stage = stages.get(facts) ?? stageNames[stages.size % 6] ?? 'off';
          stages.set(facts, stage);
          return { value: stage };
        });
        const { source } = sourceOf(provider);
        const subjectOf = ({ user, attributes }: (typeof calls)[number]): Subject => ({
          task: 'anything',
          ...(user === undefined ? {} : { user }),
          ...(attributes === undefined ? {} : { attributes }),
        });
        for (const call of [...calls, ...calls]) {
          const { value } = await provider.answer({
            flagKey: 'cutover.chat',
            defaultValue: 'off',
            context: evaluationContext(call.tenant, subjectOf(call), 'tenant'),
          });
          const { stage } = await source.resolve(call.tenant, subjectOf(call));
          expect(stage).toBe(value);
          expect(source.fallback(call.tenant, subjectOf(call)).stage).toBe(value);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of OpenFeature is understood: its logger, its missing flags, its change events', async () => {
    const flag = (defaultVariant: 'a' | 'b') => ({
      variants: { a: 'shadow', b: 'live' },
      defaultVariant,
      disabled: false,
    });
    const provider = new InMemoryProvider({});
    const { source, reporter } = sourceOf(provider);
    expect(await ask(source)).toBe('off, default');
    expect(reporter.messages).toEqual(['no flag found with key cutover.chat']);
    provider.putConfiguration({ 'cutover.chat': flag('a') });
    expect(await ask(source)).toBe('shadow, flag');
    expect(await ask(source)).toBe('shadow, cached');
    provider.putConfiguration({ 'cutover.chat': flag('b') });
    expect(await ask(source)).toBe('live, flag');
    provider.putConfiguration({});
    expect(await ask(source)).toBe('live, last-known');
  });
});

describe('the context of a question', () => {
  const contextOf = (subject: Subject, by?: 'tenant' | 'user'): unknown => {
    const provider = new ScriptedProvider(() => ({ value: 'live' }), { inProcess: true });
    const { source } = sourceOf(provider, by === undefined ? {} : { by });
    source.resolve('acme', subject);
    expect(provider.questions[0]).toMatchObject({ flagKey: 'cutover.chat', defaultValue: 'off' });
    return provider.questions[0]?.context;
  };

  it('is the tenant alone when nothing else is known', () => {
    expect(contextOf({ task: 'anything', conversation: 'c' })).toEqual({ targetingKey: 'acme' });
    expect(contextOf({ task: 'anything', user: '' })).toEqual({ targetingKey: 'acme' });
  });

  it('has the user and the attributes when there are any', () => {
    const attributes = { plan: 'pro', seats: 3, beta: true };
    expect(contextOf({ task: 't', user: 'ann', attributes })).toEqual({
      targetingKey: 'acme',
      user: 'ann',
      plan: 'pro',
      seats: 3,
      beta: true,
    });
  });

  it('does not let an attribute pass for the tenant or the user', () => {
    const attributes = { targetingKey: 'globex', tenant: 'globex', user: 'eve' };
    expect(contextOf({ task: 't', attributes })).toEqual({
      targetingKey: 'acme',
      tenant: 'globex',
    });
    expect(contextOf({ task: 't', user: 'ann', attributes }, 'user')).toEqual({
      targetingKey: 'ann',
      tenant: 'acme',
      user: 'ann',
    });
  });

  it('targets the user where asked to, and the tenant when there is none', () => {
    expect(contextOf({ task: 't', user: 'ann' }, 'user')).toEqual({
      targetingKey: 'ann',
      tenant: 'acme',
      user: 'ann',
    });
    expect(contextOf({ task: 't' }, 'user')).toEqual({ targetingKey: 'acme', tenant: 'acme' });
  });
});
