import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { nobody } from '../../../src/router/call.ts';
import { MirrorRun } from '../../../src/router/offer/mirror-run.ts';
import { layoutsOf } from '../../../src/router/route/layouts.ts';
import { CandidateCall } from '../../../src/router/serve/candidate-call.ts';
import { TurnClock } from '../../../src/router/serve/turn-clock.ts';
import { nextTurn } from '../world.ts';

describe('a clock by the turn', () => {
  it('looks once a turn, and anew in the next', async () => {
    let looks = 0;
    const clock = {
      ...fakeClock(),
      monotonic: () => {
        looks += 1;
        return looks * 10;
      },
    };
    const turns = new TurnClock(clock);
    expect(looks).toBe(0);
    expect([turns.monotonic(), turns.monotonic()]).toEqual([10, 10]);
    await nextTurn();
    await nextTurn();
    expect([turns.monotonic(), turns.monotonic()]).toEqual([20, 20]);
    await nextTurn();
    await nextTurn();
    expect(turns.monotonic()).toBe(30);
    expect(looks).toBe(3);
  });
});

describe('what keeps the code that was compiled for calls', () => {
  it('is one of each thing that a call is made of, which is nobody’s and draws no id', () => {
    const [call, served, mirror, observation] = layoutsOf({ name: 'chat' } as never);
    for (const one of [call, served])
      expect(one).toMatchObject({
        tenant: '',
        subject: nobody,
        requestId: 'none',
        args: [undefined],
      });
    expect(served).toBeInstanceOf(CandidateCall);
    expect(mirror).toBeInstanceOf(MirrorRun);
    expect(mirror).toMatchObject({ kind: 'compare', requestId: 'none' });
    expect(observation).toMatchObject({ status: 'fulfilled', leg: 'legacy', durationMs: 0 });
  });
});
