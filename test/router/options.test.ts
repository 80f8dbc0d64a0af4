import {
  createCutover,
  createCutoverHandler,
  InvalidOptionsError,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';

/** What a user without types may well write. */
const make = (options: unknown): unknown =>
  createCutoverHandler(options as Parameters<typeof createCutoverHandler>[0]);

function issuesOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.issues;
    throw error;
  }
  return [];
}

const good = {
  name: 'chat',
  legacy: async (message: string) => message,
  candidate: async (_context: unknown, message: string) => message,
  identify: (message: string) => ({ tenant: 'acme', task: message }),
};

describe('bad options', () => {
  it('are all named at once, each with its value and what it must be', () => {
    const issues = issuesOf(() =>
      make({
        name: '',
        legacy: 'handler',
        identify: () => ({}),
        flags: {},
        defaultStage: 'on',
        decideTimeoutMs: -1,
        fallback: { afterMs: '60', whenever: true },
        learn: { evalScore: { legacy: 11 }, maxTaskChars: 20_000 },
        sample: { mirror: 2 },
        shadow: { learn: { maxCount: 0 }, mirror: { tenantShare: 0 } },
        background: { mode: 'later' },
        legcy: 1,
      }),
    );
    expect(issues).toHaveLength(15);
    expect(issues).toEqual(
      expect.arrayContaining([
        'name must be a string that is not empty, not ""',
        'legacy must be a function, not "handler"',
        'candidate is missing: it must be a function',
        'flags must be a flag provider, memoryFlags() or rolloutFlags(rollout) say, or one with metadata.name and resolveStringEvaluation(), not an object',
        'defaultStage must be one of "off", "dualwrite", "shadow", "live", "rampdown", "complete", not "on"',
        'decideTimeoutMs must be a number of milliseconds above 0, at most 2147483647, not -1',
        'fallback.afterMs must be a number of milliseconds above 0, at most 2147483647, or false, not "60"',
        'fallback.whenever is not an option (there are: when, afterMs, isFailure)',
        'learn.evalScore.legacy must be a number from 0 to 10, not 11',
        'learn.maxTaskChars must be a whole number from 1 to 10000, not 20000',
        'sample.mirror must be a number from 0 to 1, not 2',
        'shadow.learn.maxCount must be a whole number above 0, not 0',
        'shadow.mirror.tenantShare must be a number above 0 and up to 1, not 0',
        'background.mode must be one of "detached", "waitUntil", "await", not "later"',
        expect.stringMatching(/^legcy is not an option \(there are: .*legacy/),
      ]),
    );
  });

  it('of which there are none tell once what there is', () => {
    const issues = issuesOf(() =>
      make({
        ...good,
        flags: memoryFlags('off'),
        colour: 1,
        fallback: { never: 1, ever: 1 },
        size: 1,
      }),
    );
    expect(issues).toEqual([
      expect.stringMatching(/^colour is not an option \(there are: .*\)$/),
      'size is not an option',
      'fallback.never is not an option (there are: when, afterMs, isFailure)',
      'fallback.ever is not an option',
    ]);
  });

  it.each<[object, string]>([
    [{ afterMs: 5 }, 'perhaps fallback.afterMs'],
    [{ minTaskChars: 5 }, 'perhaps learn.minTaskChars'],
    [{ mirror: 0.5 }, 'perhaps shadow.mirror or sample.mirror'],
    [{ shadow: { tokensPerDay: 5 } }, 'perhaps shadow.budget.tokensPerDay'],
    [{ runsPerMinute: 5 }, 'perhaps shadow.budget.runsPerMinute'],
  ])('that were given beside their place are told of it: %j', (misplaced, mend) => {
    const issues = issuesOf(() => make({ ...good, flags: memoryFlags('off'), ...misplaced }));
    expect(issues).toEqual([expect.stringContaining(mend)]);
  });

  it('of a route that were given to all routes, or the other way round, are told where they belong', () => {
    const flags = memoryFlags('off');
    const all = { ...good, flags };
    expect(issuesOf(() => createCutover(all))).toEqual([
      'give a route’s own options (name, legacy, candidate, identify) to handler() or stream() of what it makes, or all options to createCutoverHandler()',
    ]);
    expect(issuesOf(() => createCutover({ flags }).handler(all))).toContain(
      'give what all routes share (flags) to createCutover()',
    );
  });

  it.each([undefined, null, 7, 'options'])(
    'may be %j and are still refused in words',
    (options) => {
      expect(() => make(options)).toThrow(/options must be an object/);
      expect(() => createCutover(options as never)).toThrow(InvalidOptionsError);
    },
  );

  it('include a bare client: the app has to say whose memory is shared', () => {
    const issues = issuesOf(() =>
      createCutover({ flags: memoryFlags('off'), engramia: { learn: () => 1 } as never }),
    );
    expect(issues).toEqual([expect.stringMatching(/oneScope\(client\) or keyPerTenant/)]);
  });

  it('include an event that does not exist', () => {
    const cutover = createCutover({ flags: memoryFlags('off') });
    expect(() => cutover.on('typo' as 'served', () => undefined)).toThrow(/"typo" is not an event/);
  });

  it('include a route that was not given', () => {
    const cutover = createCutover({ flags: memoryFlags('off') });
    expect(issuesOf(() => cutover.handler(undefined as never))).toEqual([
      'options must be an object, not undefined',
    ]);
    expect(issuesOf(() => cutover.stream(null as never))).toEqual([
      'options must be an object, not null',
    ]);
  });

  it('include a candidate that is no function where it is declared safe', () => {
    expect(issuesOf(() => shadowSafe(undefined as never))).toEqual([
      'candidate is missing: it must be a function',
    ]);
    expect(issuesOf(() => shadowSafe({} as never))).toEqual([
      'candidate must be a function, not an object',
    ]);
  });

  it('include a listener that can never be told, and a signal that is none, which leave nobody listening', () => {
    const cutover = createCutover({ flags: memoryFlags('off') });
    const given = { signal: new AbortController() } as never;
    expect(issuesOf(() => cutover.on('served', undefined as never, given))).toEqual([
      'listener is missing: it must be a function',
      'signal must be an AbortSignal, not an object',
    ]);
    expect(issuesOf(() => cutover.on('served', 'log' as never))).toEqual([
      'listener must be a function, not "log"',
    ]);
  });

  it('include options of a listener that there are not, and a signal in their place', () => {
    const cutover = createCutover({ flags: memoryFlags('off') });
    const on = (options: unknown) =>
      issuesOf(() => cutover.on('served', () => 1, options as never));
    expect(on({ signl: new AbortController().signal })).toEqual([
      'signl is not an option (there are: signal)',
    ]);
    expect(on(new AbortController().signal)).toEqual([
      'options must be an object with signal: a signal itself goes into { signal }',
    ]);
    expect(on(5)).toEqual(['options must be an object, not 5']);
    expect(on(null)).toEqual([]);
  });

  it('do not include a signal of another make, nor null for none', () => {
    const cutover = createCutover({ flags: memoryFlags('off') });
    const told: string[] = [];
    const left = Object.assign(new EventTarget(), { aborted: false });
    for (const signal of [null, left] as unknown[] as AbortSignal[]) {
      cutover.on('rollback', ({ outcome }) => told.push(outcome), { signal });
    }
    cutover.kill('one');
    left.dispatchEvent(new Event('abort'));
    cutover.revive();
    expect(told).toEqual(['killed', 'killed', 'revived']);
  });

  it('given as undefined mean "not given"', () => {
    expect(
      issuesOf(() =>
        createCutover({ flags: memoryFlags('off'), defaultStage: undefined } as never),
      ),
    ).toEqual([]);
  });
});
