import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { FlagProvider } from '../../../src/flags/provider.ts';
import { ProviderLifecycle } from '../../../src/flags/source/lifecycle.ts';
import { createStageSource } from '../../../src/flags/source/stage-source.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { RecordingReporter } from '../recording-reporter.ts';
import { ChangeEvents, ScriptedProvider } from '../scripted-provider.ts';

const acme = { tenant: 'acme', task: 'anything' };

class StartingProvider extends ScriptedProvider {
  starts = 0;
  closes = 0;
  start: () => void | Promise<void> = () => undefined;
  end: () => void | Promise<void> = () => undefined;

  initialize(): void | Promise<void> {
    this.starts += 1;
    return this.start();
  }

  onClose(): void | Promise<void> {
    this.closes += 1;
    return this.end();
  }
}

function setUp(inProcess = false) {
  const provider = new StartingProvider(() => ({ value: 'live' }), { inProcess });
  const reporter = new RecordingReporter();
  const clock = fakeClock();
  const lifecycle = new ProviderLifecycle({ provider, reporter, clock });
  const sourceOf = (flagKey = 'cutover.chat') =>
    createStageSource({ provider, flagKey, defaultStage: 'off', reporter, clock, lifecycle });
  return { provider, reporter, clock, lifecycle, sourceOf };
}

const fatal = (): Promise<void> =>
  Promise.reject(Object.assign(new Error('wrong key'), { code: 'PROVIDER_FATAL' }));

describe('the initialization of a provider', () => {
  it('begins before the first call, and happens once for all routes', async () => {
    const { provider, sourceOf } = setUp();
    const sources = [sourceOf('cutover.chat'), sourceOf('cutover.search')];
    expect(provider.starts).toBe(1);
    for (const source of sources) await source.resolve('acme', acme);
    expect(provider.starts).toBe(1);
  });

  it('is waited for before the provider is asked', async () => {
    const { provider, sourceOf } = setUp();
    let ready = (): void => undefined;
    provider.start = () =>
      new Promise((resolve) => {
        ready = resolve;
      });
    const source = sourceOf();
    const answer = source.resolve('acme', acme);
    expect(provider.questions).toEqual([]);
    ready();
    expect(await answer).toMatchObject({ stage: 'live', reason: 'flag' });
    expect(source.resolve('acme', acme)).toMatchObject({ stage: 'live', reason: 'cached' });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no network');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no network'))],
  ])('is reported when it %s, forgotten, and tried again by the next call', async (_how, fail) => {
    const { provider, reporter, sourceOf } = setUp();
    provider.start = fail;
    const source = sourceOf();
    await source.resolve('acme', acme);
    expect(await source.resolve('acme', acme)).toMatchObject({ stage: 'off', reason: 'default' });
    const failed = provider.starts;
    expect(failed).toBeGreaterThan(1);
    expect(reporter.operations).toEqual(Array(failed).fill('flags.initialize'));
    expect(provider.questions).toEqual([]);
    provider.start = () => undefined;
    expect(await source.resolve('acme', acme)).toMatchObject({ stage: 'live', reason: 'flag' });
    expect(provider.starts).toBe(failed + 1);
  });

  it('is not tried again when it failed for good', async () => {
    const { provider, reporter, sourceOf } = setUp();
    provider.start = fatal;
    const source = sourceOf();
    for (let call = 0; call < 3; call += 1) {
      expect(await source.resolve('acme', acme)).toMatchObject({ stage: 'off', reason: 'default' });
    }
    expect(provider.starts).toBe(1);
    expect(reporter.operations).toEqual(['flags.initialize']);
    expect(provider.questions).toEqual([]);
  });

  it('leaves no trace of the call that happened to begin it', async () => {
    const { provider, lifecycle } = setUp();
    const tenant = new AsyncLocalStorage<string>();
    let seen: string | undefined = 'nothing yet';
    provider.start = () => {
      seen = tenant.getStore();
    };
    await tenant.run('acme', async () => lifecycle.ready());
    expect(seen).toBeUndefined();
  });

  it('of a provider in process never keeps a call waiting', () => {
    const { provider, sourceOf } = setUp(true);
    provider.start = () => new Promise(() => undefined);
    expect(sourceOf().resolve('acme', acme)).toMatchObject({ stage: 'live', reason: 'flag' });
  });

  it('of a provider in process is tried again after an evaluation that failed', async () => {
    const { provider, sourceOf } = setUp(true);
    provider.start = () => {
      throw new Error('no file yet');
    };
    provider.answer = () => {
      throw new Error('not initialized');
    };
    const source = sourceOf();
    provider.start = () => undefined;
    expect(source.resolve('acme', acme)).toMatchObject({ stage: 'off', reason: 'default' });
    expect(provider.starts).toBe(2);
  });
});

describe('the trouble of a provider', () => {
  it('is reported when the provider tells of it, with its own words', () => {
    const { provider, reporter, sourceOf } = setUp(true);
    sourceOf();
    provider.events.fail({ message: 'the file is broken' });
    provider.events.fail();
    provider.events.fail({
      get message(): string {
        throw new Error('no words');
      },
    });
    expect(reporter.operations).toEqual(Array(3).fill('flags.provider'));
    expect(reporter.messages[0]).toContain('scripted is in trouble: the file is broken');
    expect(reporter.messages[2]).toContain('did not say why');
  });

  it('is not heard of after its end', async () => {
    const { provider, lifecycle, sourceOf } = setUp(true);
    sourceOf();
    expect(provider.events.troubled.size).toBe(1);
    await lifecycle.close(1_000);
    expect(provider.events.troubled.size).toBe(0);
  });
});

describe('the closing of a provider', () => {
  it('happens once, and stops listening for its changes', async () => {
    const { provider, lifecycle, sourceOf } = setUp();
    sourceOf();
    expect(provider.events.handlers.size).toBe(1);
    await Promise.all([lifecycle.close(1_000), lifecycle.close(1_000)]);
    expect(provider.closes).toBe(1);
    expect(provider.events.handlers.size).toBe(0);
  });

  it('leaves calls with the last known answer, and asks and initializes no more', async () => {
    const { provider, lifecycle, clock, sourceOf } = setUp();
    const source = sourceOf();
    await source.resolve('acme', acme);
    await lifecycle.close(1_000);
    await clock.advance(60_000);
    expect(source.resolve('acme', acme)).toMatchObject({ stage: 'live', reason: 'last-known' });
    expect([provider.starts, provider.questions.length]).toEqual([1, 1]);
  });

  it('wins over an initialization that is still going on', async () => {
    const { provider, lifecycle, sourceOf } = setUp();
    let ready = (): void => undefined;
    provider.start = () =>
      new Promise((resolve) => {
        ready = resolve;
      });
    const answer = sourceOf().resolve('acme', acme);
    await lifecycle.close(1_000);
    ready();
    expect(await answer).toMatchObject({ stage: 'off', reason: 'default' });
    expect(lifecycle.ready()).toBe(false);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('cannot close');
      },
    ],
    ['rejects', () => Promise.reject(new Error('cannot close'))],
  ])('is reported when it %s', async (_how, fail) => {
    const { provider, reporter, lifecycle, clock } = setUp();
    provider.end = fail;
    await lifecycle.close(1_000);
    expect(reporter.operations).toEqual(['flags.close']);
    expect(clock.pending).toBe(0);
  });

  it('is not waited for beyond the time that was given', async () => {
    const { provider, lifecycle, clock } = setUp();
    provider.end = () => new Promise(() => undefined);
    let closed = false;
    const closing = lifecycle.close(1_000).then(() => {
      closed = true;
    });
    await clock.advance(999);
    expect(closed).toBe(false);
    await clock.advance(1);
    await closing;
    expect(clock.pending).toBe(0);
  });

  it('does nothing for a provider that has nothing to close', async () => {
    const provider: FlagProvider = {
      metadata: { name: 'bare' },
      events: new ChangeEvents(),
      resolveStringEvaluation: () => ({ value: 'live' }),
    };
    const reporter = new RecordingReporter();
    const lifecycle = new ProviderLifecycle({ provider, reporter, clock: fakeClock() });
    expect(lifecycle.ready()).toBe(true);
    await lifecycle.close(1_000);
    expect(reporter.failures).toEqual([]);
  });
});
