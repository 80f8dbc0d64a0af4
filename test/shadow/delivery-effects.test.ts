import { describe, expect, it } from 'vitest';
import { EngramiaError } from '../../src/core/errors.ts';
import { deliveryKinds } from '../../src/shadow/delivery/delivery-kinds.ts';
import type { LearnTask } from '../../src/shadow/delivery/learn-task.ts';
import { Company, type RunHandle } from '../../src/shadow/work.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';

const world = {
  takes: true,
  isProbing: false,
  hasRetry: true,
  isDoubtful: false,
  wasStored: false,
};
type World = typeof world;

/** A task whose scope and address write down what they are told, in order. */
function taskOf(outcome: unknown, over: Partial<World> = {}, own: Partial<LearnTask> = {}) {
  const said = { ...world, ...over };
  const log: string[] = [];
  const told = (what: string, answer?: boolean) => (ms?: unknown) => {
    log.push(typeof ms === 'number' ? `${what} ${ms}` : what);
    return answer;
  };
  const within = {
    isProbing: said.isProbing,
    retries: { earn: told('earn'), spend: told('spend', said.hasRetry) },
    ...{ sent: told('sent'), answered: told('answered'), failed: told('failed') },
    ...{ abandoned: told('abandoned'), worked: told('worked'), backOff: told('back off') },
    ...{ hold: told('hold'), pause: told('pause') },
  };
  const scope = {
    within,
    ...{ full: told('full'), unauthorized: told('unauthorized', said.isDoubtful) },
  };
  const channel = {
    takes: () => said.takes,
    ...{ worked: told('way worked'), askAgain: told('ask again'), forbid: told('forbid') },
    ...{ hold: told('way holds'), pause: told('way pauses'), shrink: told('shrink') },
  };
  const send = async () => {
    log.push(task.isOnItsWay ? 'on its way' : 'not on its way');
    return outcome;
  };
  const target = { learn: send, import: send, wasStored: async () => said.wasStored };
  const task = {
    ...{ scope, channel, target, lesson: {}, key: 'key', load: 10, attempts: 0 },
    ...{ isOnItsWay: false, doubts: 0, ...own },
  } as unknown as LearnTask;
  return { task, log };
}

const handle: RunHandle = { signal: new AbortController().signal, over: false };
const context = () => ({ clock: fakeClock(), tellFailure: () => undefined });
const deliver = async (via: 'learn' | 'import', task: LearnTask, run = handle): Promise<unknown> =>
  deliveryKinds[via].deliver(task, run, context());

const failing = (kind: string, afterMs?: number, error: unknown = new Error(kind)) => ({
  ...{ kind, error, afterMs },
});
const paced = new EngramiaError('ERR_ENGRAMIA_PACED', 'not yet');
const limited = new EngramiaError('ERR_ENGRAMIA_RATE_LIMITED' as never, 'enough', {
  errorCode: 'RATE_LIMITED',
});
const likePaced = Object.assign(new Error('not ours'), { code: 'ERR_ENGRAMIA_PACED' });
const start = ['earn', 'sent', 'on its way'];

describe.each(['learn', 'import'] as const)('by %s, what follows from an answer', (via) => {
  const done = { kind: via === 'learn' ? 'stored' : 'imported', imported: 1 };
  const way = via === 'learn' ? '' : 'way ';
  const held = via === 'learn' ? 'hold 100' : 'way holds 100';
  const quota = via === 'learn' ? [] : ['ask again'];

  it('asks for no signal that the target does not ask for: it costs as much as all else', async () => {
    const run: RunHandle = {
      get signal(): never {
        throw new Error('asked for');
      },
      over: false,
    };
    const confirmed = taskOf(failing('perhaps'), { wasStored: true }).task;
    expect(await deliver(via, taskOf(done).task, run)).toBe('stored');
    if (via === 'learn') expect(await deliver(via, confirmed, run)).toBe('stored');
  });

  it.each([
    ['done', done, {}, ['answered', 'worked', 'way worked'], 'stored'],
    ['perhaps', failing('perhaps'), {}, ['failed', 'spend', 'back off'], 'again'],
    [
      'perhaps, of a probe',
      failing('perhaps'),
      { isProbing: true },
      ['failed', 'back off'],
      'again',
    ],
    ['perhaps, too often', failing('perhaps'), { hasRetry: false }, ['failed', 'spend'], 'unknown'],
    ['later, by us', failing('later', 100, paced), {}, ['abandoned', held], 'again'],
    ['later', failing('later'), {}, ['failed', 'back off', 'spend'], 'again'],
    [
      'later, by no word of ours',
      failing('later', 100, likePaced),
      {},
      ['answered', 'pause 100', 'spend'],
      'again',
    ],
    [
      'later, too often',
      failing('later'),
      { hasRetry: false },
      ['failed', 'back off', 'spend'],
      'failed',
    ],
    ['later, of a probe', failing('later'), { isProbing: true }, ['failed', 'back off'], 'again'],
    [
      'later, by the service',
      failing('later', 100),
      {},
      ['answered', 'pause 100', 'spend'],
      'again',
    ],
    [
      'later, on this path',
      failing('later', 100, limited),
      {},
      ['answered', `${way}pause${way && 's'} 100`],
      'again',
    ],
    ['full', failing('quota'), {}, ['answered', ...quota, 'full'], 'failed'],
    ['no such key', failing('unauthorized'), {}, ['answered', 'unauthorized'], 'failed'],
    [
      'no such key now',
      failing('unauthorized'),
      { isDoubtful: true },
      ['answered', 'unauthorized'],
      'again',
    ],
    ['refused', failing('refused'), {}, ['answered', 'ask again'], 'failed'],
    ['aborted', failing('aborted'), {}, ['abandoned'], 'aborted'],
  ] as const)('%s', async (_what, outcome, over, calls, result) => {
    const { task, log } = taskOf(outcome, over);
    expect(await deliver(via, task)).toBe(result);
    expect(log).toEqual([...start, ...calls]);
    expect(task.isOnItsWay).toBe(false);
    expect(task.error).toBe('error' in outcome ? outcome.error : undefined);
    expect(task.attempts).toBe(_what === 'later, by us' ? 0 : 1);
  });

  it('is nothing where the way is shut', async () => {
    for (const [doubts, result] of [
      [0, 'failed'],
      [1, 'unknown'],
    ] as const) {
      const { task, log } = taskOf(done, { takes: false }, { doubts });
      expect([await deliver(via, task), log]).toEqual([result, []]);
    }
  });

  it('earns a retry with the first try alone', async () => {
    const { task, log } = taskOf(done, {}, { attempts: 1 });
    await deliver(via, task);
    expect(log.slice(0, 2)).toEqual(['sent', 'on its way']);
  });

  it('is nothing when the task was given up meanwhile: that is told elsewhere', async () => {
    const { task, log } = taskOf(done);
    expect(await deliver(via, task, { ...handle, over: true })).toBe('unknown');
    expect([log, task.isOnItsWay]).toEqual([start, true]);
  });
});

describe('what follows for a batch alone', () => {
  it.each([
    ['the key may not', failing('forbidden'), ['answered', 'ask again', 'forbid']],
    ['one is too large', failing('tooLarge'), ['answered', 'ask again']],
    ['one is no good', failing('invalid'), ['answered', 'ask again']],
  ] as const)('where %s', async (_what, outcome, calls) => {
    const { task, log } = taskOf(outcome);
    expect([await deliver('import', task), log]).toEqual(['failed', [...start, ...calls]]);
  });

  it('is told to each of it, in their order', async () => {
    const { deliverTogether } = deliveryKinds.import;
    const { task } = taskOf(failing('invalid'));
    const tasks = [task, taskOf(undefined, { takes: false }).task, taskOf(undefined).task];
    const [first, second, third] = await deliverTogether(tasks, handle, context());
    expect([first, third].every((result) => result instanceof Company)).toBe(true);
    expect(second).toBe('failed');
    expect(first).not.toBe(third);
  });
});

it('lessons that go alone are delivered each by itself', async () => {
  const tasks = [taskOf({ kind: 'present' }).task, taskOf(failing('refused')).task];
  const results = await deliveryKinds.learn.deliverTogether(tasks, handle, context());
  expect(results).toEqual(['deduplicated', 'failed']);
});
