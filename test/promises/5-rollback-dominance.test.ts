import { createCutoverHandler } from 'engramia-cutover';
import { percentageFlags } from 'engramia-cutover/flags';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

type Step =
  | { do: 'call'; tenant: number; slow: boolean }
  | { do: 'ramp'; percent: number }
  | { do: 'kill' | 'revive' | 'turn' };

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('call' as const),
        tenant: fc.nat(40),
        slow: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('ramp' as const),
        percent: fc.constantFrom(0, 5, 25, 50, 100),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('kill' as const, 'revive' as const, 'turn' as const),
      }),
    },
  ),
  { minLength: 5, maxLength: 60 },
);

describe('Promise 5 (rollback dominance)', () => {
  it('in this process no call that starts after kill() takes the candidate, whatever ramps meanwhile', async () => {
    let killedCalls = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (script: Step[], slowFlag) => {
        const ramp = percentageFlags({ from: 'shadow', to: 'live', percent: 50 });
        // The same ramp as a remote system would answer it: late, and asked before the kill.
        const remote = {
          metadata: { name: 'remote' },
          resolveStringEvaluation: async (
            ...args: Parameters<typeof ramp.resolveStringEvaluation>
          ) => ramp.resolveStringEvaluation(...args),
        };
        const handler = createCutoverHandler({
          name: 'chat',
          legacy: async (_tenant: string, _slow: boolean) => 'legacy',
          candidate: async (_context, _tenant, slow) => {
            if (slow) await new Promise((resolve) => setImmediate(resolve));
            return 'candidate';
          },
          identify: (tenant) => ({ tenant, task: 'a task long enough' }),
          flags: slowFlag ? remote : ramp,
          logger: { warn: () => undefined },
        });
        let killed = false;
        const outcomes: Promise<void>[] = [];
        for (const step of script) {
          if (step.do === 'call') {
            const startedKilled = killed;
            outcomes.push(
              handler(`tenant-${step.tenant}`, step.slow).then((leg) => {
                if (!startedKilled) return;
                killedCalls += 1;
                expect(leg).toBe('legacy');
              }),
            );
          } else if (step.do === 'ramp') ramp.set({ percent: step.percent });
          else if (step.do === 'kill') {
            handler.kill();
            killed = true;
          } else if (step.do === 'revive') {
            handler.revive();
            killed = false;
          } else await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(outcomes);
      }),
      { numRuns: 1_000 },
    );
    expect(killedCalls).toBeGreaterThan(1_000);
  });

  it('holds for a call whose flag is still being asked', async () => {
    const answer = Promise.withResolvers<{ value: string }>();
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async () => 'legacy',
      candidate: async () => 'candidate',
      identify: () => ({ tenant: 'acme', task: 'a task long enough' }),
      flags: { metadata: { name: 'slow' }, resolveStringEvaluation: () => answer.promise },
    });
    const reply = handler();
    handler.kill();
    answer.resolve({ value: 'live' });
    expect(await reply).toBe('legacy');
  });

  it('needs neither the flag provider nor Engramia to be alive', async () => {
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async () => 'legacy',
      candidate: async () => 'candidate',
      identify: () => ({ tenant: 'acme', task: 'a task long enough' }),
      flags: {
        metadata: { name: 'dead' },
        resolveStringEvaluation: () => new Promise(() => undefined),
      },
      defaultStage: 'live',
    });
    handler.kill('store, provider and service are down');
    expect(await handler()).toBe('legacy');
    expect(await handler.decide()).toMatchObject({ stage: 'off', reason: 'killed' });
  });
});
