import { describe, expect, it } from 'vitest';
import { stageNames } from '../../../src/core/stage.ts';
import type { FlagResolution } from '../../../src/flags/provider.ts';
import { createStageSource } from '../../../src/flags/source/stage-source.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { RecordingReporter } from '../recording-reporter.ts';
import { ScriptedProvider } from '../scripted-provider.ts';

function setUp(answer: ScriptedProvider['answer']) {
  const reporter = new RecordingReporter();
  const provider = new ScriptedProvider(answer, { inProcess: true });
  const source = createStageSource({
    ...{ provider, reporter },
    flagKey: 'cutover.chat',
    defaultStage: 'off',
    clock: fakeClock(),
  });
  const ask = () => source.resolve('acme', { task: 'anything' });
  return { provider, reporter, source, ask };
}

describe('the answers of a provider in process', () => {
  it('that are frozen are read once, the latest eight of them', () => {
    const reads: number[] = [];
    const answers = Array.from({ length: 9 }, (_, place) => {
      const answer = Object.freeze({ value: stageNames[place % stageNames.length] as string });
      const get = (from: object, name: string): unknown => {
        reads.push(place);
        return Reflect.get(from, name);
      };
      return new Proxy(answer, { get: get as NonNullable<ProxyHandler<object>['get']> });
    });
    const { provider, ask } = setUp(() => answers[0] as FlagResolution);
    const readsWhile = (...order: number[]): number[] => {
      reads.length = 0;
      for (const place of order) {
        provider.answer = () => answers[place] as FlagResolution;
        expect(ask()).toMatchObject({ stage: stageNames[place % stageNames.length] });
      }
      return [...new Set(reads)];
    };
    expect(readsWhile(0, 0)).toEqual([0]);
    expect(readsWhile(0, 1, 2, 3, 4, 5, 6, 7)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(readsWhile(0, 7, 3, 0)).toEqual([]);
    expect(readsWhile(8)).toEqual([8]);
    expect(readsWhile(1, 2, 3, 4, 5, 6, 7, 8)).toEqual([]);
    expect(readsWhile(0)).toEqual([0]);
    expect(readsWhile(2, 8)).toEqual([]);
  });

  it('that may change are read each time', () => {
    const answer = { value: 'shadow' };
    const { ask } = setUp(() => answer);
    expect(ask()).toMatchObject({ stage: 'shadow' });
    answer.value = 'live';
    expect(ask()).toMatchObject({ stage: 'live' });
  });

  it.each([
    [
      'a getter',
      (now: () => string) =>
        Object.freeze({
          get value() {
            return now();
          },
        }),
    ],
    [
      'a class',
      (now: () => string) =>
        Object.freeze(
          new (class {
            get value() {
              return now();
            }
          })(),
        ),
    ],
    [
      'another object',
      (now: () => string) =>
        Object.freeze(
          Object.create({
            get value() {
              return now();
            },
          }),
        ),
    ],
  ])('that may change by %s are read each time, frozen as they are', (_, answering) => {
    let stage = 'shadow';
    const answer = answering(() => stage);
    const { ask } = setUp(() => answer);
    expect(ask()).toMatchObject({ stage: 'shadow' });
    stage = 'off';
    expect(ask()).toMatchObject({ stage: 'off' });
  });

  it('may be that it has nothing to say, which is no failure', () => {
    const { ask, source, reporter } = setUp(() => ({ value: 'shadow', reason: 'DEFAULT' }));
    expect(ask()).toMatchObject({ stage: 'shadow', reason: 'default' });
    const fallback = source.fallback('acme', { task: 'anything' });
    expect(fallback).toMatchObject({ stage: 'shadow', reason: 'default' });
    expect(reporter.failures).toEqual([]);
  });

  it('that fail leave the default, also for those who wait for none', () => {
    const { source } = setUp(() => ({ value: 'nonsense' }));
    expect(source.fallback('acme', { task: 'anything' })).toMatchObject({
      stage: 'off',
      reason: 'default',
    });
  });
});

it('a failure of a provider without a route is told of the tenant alone', () => {
  const { ask, reporter } = setUp(() => ({ value: 'nonsense' }));
  ask();
  expect(reporter.failures[0]?.where).toStrictEqual({ tenant: 'acme' });
});
