import { describe, expect, it } from 'vitest';
import type { RampListener } from '../../src/core/contracts/ramp-listener.ts';
import type { CutoverEventType } from '../../src/core/events/events.ts';
import type { FlagProvider } from '../../src/flags/provider.ts';
import { ProviderLifecycle } from '../../src/flags/source/lifecycle.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { RecordingReporter } from './recording-reporter.ts';
import { ChangeEvents } from './scripted-provider.ts';

/** A reporter for somebody who listens to the gates alone. */
class GateReporter extends RecordingReporter {
  readonly told: [type: CutoverEventType, event: unknown][] = [];

  override wants(type?: CutoverEventType): boolean {
    return type === 'gate';
  }

  override emit(...event: [type?: CutoverEventType, event?: unknown]): void {
    this.told.push(event as [CutoverEventType, unknown]);
  }
}

function setUp(parts: Partial<FlagProvider> = {}) {
  const provider: FlagProvider = {
    metadata: { name: 'scripted' },
    resolveStringEvaluation: () => ({ value: 'live' }),
    ...parts,
  };
  const reporter = new GateReporter();
  const clock = fakeClock();
  return { reporter, clock, lifecycle: new ProviderLifecycle({ provider, reporter, clock }) };
}

describe('the ramp of a provider', () => {
  it('is told of as the cutover’s own events, until the provider is closed', async () => {
    let ramp: RampListener | undefined;
    let disposed = 0;
    const { reporter, lifecycle } = setUp({
      onRamp: (listener) => {
        ramp = listener;
        return {
          [Symbol.dispose]: () => {
            disposed += 1;
          },
        };
      },
    });
    lifecycle.ready();
    expect([ramp?.wants('stage'), ramp?.wants('gate')]).toEqual([false, true]);
    const [stage, gate] = [{ is: 'a stage' }, { is: 'a gate' }];
    ramp?.stage(stage as never);
    ramp?.gate(gate as never);
    expect(reporter.told).toEqual([
      ['stage', stage],
      ['gate', gate],
    ]);
    expect(disposed).toBe(0);
    await lifecycle.close(1_000);
    expect(disposed).toBe(1);
  });

  it('is followed once, however often the provider has to be started', () => {
    let followed = 0;
    const { lifecycle } = setUp({
      events: new ChangeEvents(),
      onRamp: () => {
        followed += 1;
        return { [Symbol.dispose]: () => undefined };
      },
      initialize: () => {
        throw new Error('not yet');
      },
    });
    lifecycle.ready();
    lifecycle.ready();
    expect(followed).toBe(1);
  });

  it('that cannot be followed is reported, and keeps the provider from nothing', () => {
    const { reporter, lifecycle } = setUp({
      onRamp: () => {
        throw new Error('no ramp');
      },
    });
    expect(lifecycle.ready()).toBe(true);
    expect(reporter.operations).toEqual(['flags.provider']);
    expect(reporter.messages).toEqual(['no ramp']);
  });
});

describe('a provider that fails to start', () => {
  it.each([undefined, null, 'no network', { code: 'OTHER' }])(
    'with %j is started again by the next call',
    async (reason) => {
      let starts = 0;
      const { reporter, lifecycle } = setUp({
        initialize: async () => {
          starts += 1;
          throw reason;
        },
      });
      for (let start = 1; start <= 2; start += 1) {
        expect(await lifecycle.ready()).toBe(false);
        expect(starts).toBe(start);
      }
      expect(reporter.operations).toEqual(['flags.initialize', 'flags.initialize']);
    },
  );

  it('after it was closed is not started again', async () => {
    let starts = 0;
    let fail: (reason: Error) => void = () => undefined;
    const { lifecycle } = setUp({
      initialize: () =>
        new Promise((_, reject) => {
          starts += 1;
          fail = reject;
        }),
    });
    const ready = lifecycle.ready();
    await lifecycle.close(1_000);
    fail(new Error('too late'));
    expect(await ready).toBe(false);
    expect(lifecycle.ready()).toBe(false);
    expect(starts).toBe(1);
  });
});

describe('the trouble of a provider', () => {
  it('is reported under a code of ours, in 2,000 characters at most', () => {
    const events = new ChangeEvents();
    const { reporter, lifecycle } = setUp({ events });
    lifecycle.ready();
    events.fail({ message: 'x'.repeat(2_001) });
    expect(reporter.failures[0]?.error).toMatchObject({ code: 'ERR_CUTOVER_CONTAINED' });
    expect(reporter.messages).toEqual([
      `Flag provider scripted is in trouble: ${'x'.repeat(2_000)}`,
    ]);
  });
});

describe('the end of a provider', () => {
  it('without events comes like any other', async () => {
    let closes = 0;
    const { reporter, lifecycle } = setUp({
      onClose: () => {
        closes += 1;
      },
    });
    lifecycle.ready();
    await lifecycle.close(1_000);
    expect([closes, reporter.failures]).toEqual([1, []]);
  });

  it('that was never started takes back no handler', async () => {
    const taken: string[] = [];
    const events = {
      addHandler: () => undefined,
      removeHandler: (type: string) => taken.push(type),
    };
    const { lifecycle } = setUp({ events: events as never });
    await lifecycle.close(1_000);
    expect(taken).toEqual([]);
  });

  it('that comes at once needs no timer', async () => {
    const { clock, lifecycle } = setUp({ onClose: () => undefined });
    lifecycle.ready();
    const closing = lifecycle.close(1_000);
    expect(clock.pending).toBe(0);
    await closing;
  });
});

it('closes a provider whose handlers cannot be taken back, and tells why', async () => {
  const failure = new Error('not a handler of mine');
  let closed = 0;
  const { lifecycle, reporter } = setUp({
    events: {
      addHandler: () => undefined,
      removeHandler: () => {
        throw failure;
      },
    },
    onClose: async () => {
      closed += 1;
    },
  });
  lifecycle.ready();
  await lifecycle.close(1_000);
  expect(closed).toBe(1);
  expect(reporter.operations).toEqual(['flags.close', 'flags.close']);
});
