import { describe, expect, it, vi } from 'vitest';
import type { Subject } from '../../../src/core/call/subject.ts';
import { createStageSource } from '../../../src/flags/source/stage-source.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { RecordingReporter } from '../recording-reporter.ts';
import { ScriptedProvider } from '../scripted-provider.ts';

function setUp(answer: ScriptedProvider['answer'], maxPerGeneration = 10_000) {
  const reporter = new RecordingReporter();
  const source = createStageSource({
    provider: new ScriptedProvider(answer),
    flagKey: 'cutover.chat',
    defaultStage: 'off',
    reporter,
    clock: fakeClock(),
    maxPerGeneration,
  });
  return { source, reporter };
}

describe('the answers of a provider behind the cache', () => {
  it('are found again without writing down the attributes of each user on each call', () => {
    const { source } = setUp(() => ({ value: 'live' }));
    const ask = (user: string) =>
      source.resolve('acme', { task: 'anything', user, attributes: { plan: 'pro' } });
    for (const user of ['ann', 'bob']) expect(ask(user)).toMatchObject({ reason: 'flag' });
    const written = vi.spyOn(JSON, 'stringify');
    for (const user of ['ann', 'bob']) expect(ask(user)).toMatchObject({ reason: 'cached' });
    expect(written).not.toHaveBeenCalled();
  });

  it('are kept of as many tenants as asked for, and of as many again', () => {
    const { source } = setUp(() => ({ value: 'live' }), 1);
    for (const tenant of ['a', 'b', 'c']) void source.resolve(tenant, { task: 'anything' });
    const known = ['a', 'b', 'c'].map(
      (tenant) => source.fallback(tenant, { task: 'anything' }).reason,
    );
    expect(known).toEqual(['default', 'last-known', 'last-known']);
  });

  it('are not those of a tenant alone where a call says more', async () => {
    const { source } = setUp(({ context }) => {
      if (context.user !== undefined) return { value: 'live' };
      return { value: context.plan === 'pro' ? 'dualwrite' : 'shadow' };
    });
    const task = 'anything';
    const more: Subject[] = [
      { task },
      { task, attributes: { plan: 'pro' } },
      { task, user: 'ann' },
    ];
    for (const reason of ['flag', 'cached']) {
      const answers = more.map((subject) => source.resolve('acme', subject));
      expect(answers).toMatchObject([
        { stage: 'shadow', reason },
        { stage: 'dualwrite', reason },
        { stage: 'live', reason },
      ]);
    }
  });

  it('are not those of a user of another tenant, whatever a tenant is called', () => {
    const { source } = setUp(({ context }) => ({ value: context.user ? 'live' : 'shadow' }));
    const answers = [
      source.resolve('acme', { task: 'anything', user: 'ann' }),
      source.resolve('acme\0ann', { task: 'anything' }),
    ];
    expect(answers).toMatchObject([{ stage: 'live' }, { stage: 'shadow', reason: 'flag' }]);
  });

  it('are said to be too many on their way when there is no room for one more', () => {
    const { source, reporter } = setUp(() => new Promise(() => undefined));
    for (let n = 0; n <= 1_000; n += 1) void source.resolve(`tenant-${n}`, { task: 'anything' });
    expect(reporter.failures).toHaveLength(1);
    expect(reporter.failures[0]).toMatchObject({
      error: {
        code: 'ERR_CUTOVER_CONTAINED',
        message: 'Flag provider scripted leaves too many evaluations unanswered.',
      },
      where: { tenant: 'tenant-1000' },
    });
  });
});
