import { describe, expect, it } from 'vitest';
import type { LearnTarget, LearnVia } from '../../../src/core/contracts/learner.ts';
import { Address, type TellDelivery } from '../../../src/shadow/delivery/address.ts';
import { Scope } from '../../../src/shadow/delivery/scope.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';

const hourMs = 3_600_000;

/** An address with one scope, both ways into it, and what is told of them. */
function setUp() {
  const clock = fakeClock();
  const told: unknown[][] = [];
  const tell: TellDelivery = (...facts) => void told.push(facts);
  const asked: (LearnVia | undefined)[] = [];
  const pace = { ms: 0 };
  const target = {
    readyInMs: (via?: LearnVia) => {
      asked.push(via);
      return pace.ms;
    },
  } as LearnTarget;
  const address = new Address(clock, () => 0.5, tell);
  const scope = new Scope(target, address, clock, tell);
  const [learn, batches] = [scope.channel('learn'), scope.channel('import')];
  return { clock, told, asked, pace, address, scope, learn, batches };
}

describe('an address', () => {
  it('tells of a pause once, and once that it is over', () => {
    const { address, told } = setUp();
    address.worked();
    for (const ms of [300, 200]) address.pause(ms);
    for (let n = 0; n < 2; n += 1) address.worked();
    expect(told).toEqual([['paused', 300], ['resumed']]);
    expect(address.readyInMs()).toBe(300);
  });

  it('is left alone after failures, for longer with each in a row', () => {
    const waits = [1, 2, 3, 4].map((failures) => {
      const { address } = setUp();
      for (let n = 0; n < failures; n += 1) address.failed();
      address.backOff();
      return address.readyInMs();
    });
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
    const { address } = setUp();
    for (let n = 0; n < 3; n += 1) address.failed();
    address.answered();
    address.failed();
    address.backOff();
    expect(address.readyInMs()).toBe(500);
  });

  it('is asked with one probe when it does not answer, and goes on when that is answered', () => {
    const { address, told } = setUp();
    for (let n = 0; n < 5; n += 1) address.failed();
    expect([address.isProbing, address.readyInMs()]).toEqual([false, 7_500]);
    address.sent();
    expect(address.isProbing).toBe(true);
    address.abandoned();
    expect(address.isProbing).toBe(false);
    address.sent();
    address.answered();
    address.answered();
    expect([address.isProbing, address.readyInMs()]).toEqual([false, 0]);
    expect(told).toEqual([['open', 7_500], ['closed']]);
  });
});

describe('a way into a scope', () => {
  it('is the same each time it is asked for, and one at a time', () => {
    const { scope, learn, batches } = setUp();
    expect([scope.channel('learn'), scope.channel('import')]).toEqual([learn, batches]);
    expect(learn).not.toBe(batches);
    expect([scope.limit, learn.limit]).toEqual([1, 1]);
  });

  it('is ready when its pause is over and its pace allows', async () => {
    const { clock, learn, batches, asked, pace } = setUp();
    expect([learn.readyInMs(), batches.readyInMs()]).toEqual([0, 0]);
    expect(asked).toEqual(['learn', 'import']);
    pace.ms = 50;
    expect(batches.readyInMs()).toBe(50);
    batches.hold(200);
    expect([learn.readyInMs(), batches.readyInMs()]).toEqual([50, 200]);
    await clock.advance(180);
    expect(batches.readyInMs()).toBe(50);
  });

  it('tells of its pause once, and once that it is over', () => {
    const { batches, told } = setUp();
    for (const ms of [300, 200]) batches.pause(ms);
    for (let n = 0; n < 2; n += 1) batches.worked();
    expect(told).toEqual([['paused', 300], ['resumed']]);
    expect(batches.readyInMs()).toBe(300);
  });

  it('that the key may not go is shut for an hour, and asked about by one', async () => {
    const { clock, learn, batches, told } = setUp();
    expect(batches.admit()).toBe('yes');
    batches.hold(10);
    batches.forbid('Give it another key.');
    // What waits is given up, and that need not wait.
    expect([batches.readyInMs(), batches.takes(false), batches.admit()]).toEqual([
      ...[0, false, 'noKey'],
    ]);
    expect([learn.admit(), learn.takes(false)]).toEqual(['yes', true]);
    await clock.advance(hourMs);
    expect([batches.admit(), batches.admit()]).toEqual(['probe', 'noKey']);
    expect([batches.takes(true), batches.takes(false)]).toEqual([true, false]);
    batches.askAgain();
    expect(batches.admit()).toBe('probe');
    batches.worked();
    expect([batches.admit(), batches.takes(false)]).toEqual(['yes', true]);
    expect(told).toEqual([['forbidden', hourMs, 'Give it another key.'], ['resumed']]);
  });

  it('makes batches of half of what was too large, and never larger ones again', () => {
    const { learn, batches } = setUp();
    const { maxCount, gatherMs } = batches.bundles ?? {};
    batches.shrink(1_001);
    expect(batches.bundles).toEqual({ maxCount, gatherMs, maxLoad: 500 });
    batches.shrink(9_000);
    expect(batches.bundles?.maxLoad).toBe(500);
    learn.shrink(1_000);
    expect(learn.bundles).toBeUndefined();
  });
});

describe('a scope that is full', () => {
  it('is shut for an hour by every way, and asked about by one', async () => {
    const { clock, scope, learn, batches, told } = setUp();
    learn.hold(10);
    scope.full();
    expect([scope.readyInMs(), learn.readyInMs(), learn.takes(false)]).toEqual([0, 0, false]);
    expect([learn.admit(), batches.admit()]).toEqual(['budget', 'budget']);
    await clock.advance(hourMs);
    expect([learn.admit(), batches.admit()]).toEqual(['probe', 'budget']);
    expect([learn.takes(true), learn.takes(false)]).toEqual([true, false]);
    learn.askAgain();
    expect(batches.admit()).toBe('probe');
    batches.worked();
    expect([learn.admit(), learn.takes(false)]).toEqual(['yes', true]);
    expect(told).toEqual([['quota', hourMs], ['resumed']]);
  });

  it('leaves a way that the key may not go to be asked about later', async () => {
    const { clock, scope, batches } = setUp();
    batches.forbid('mend');
    await clock.advance(hourMs);
    scope.full();
    expect(batches.admit()).toBe('budget');
    scope.quota.open();
    expect(batches.admit()).toBe('probe');
  });
});

describe('a scope whose key is refused', () => {
  it('is tried once more after a minute where it worked, and then for longer each time', () => {
    const { scope, told } = setUp();
    scope.worked();
    const tries = [1, 2, 3].map(() => scope.unauthorized());
    expect(tries).toEqual([true, false, false]);
    expect(scope.readyInMs()).toBe(120_000);
    scope.worked();
    expect(told).toEqual([['paused', 60_000], ['open', 60_000], ['open', 120_000], ['closed']]);
  });

  it('is told as paused where it never worked, until it does', () => {
    const { scope, told } = setUp();
    expect([scope.unauthorized(), scope.unauthorized()]).toEqual([false, false]);
    for (let n = 0; n < 2; n += 1) scope.worked();
    expect(told).toEqual([['paused', 60_000], ['paused', 120_000], ['resumed']]);
  });
});
