import { describe, expect, it } from 'vitest';
import type { LaneOptions } from '../../src/core/contracts/lane.ts';
import type { ImportOutcome, Learner } from '../../src/core/contracts/learner.ts';
import { EngramiaError } from '../../src/core/errors.ts';
import { createLearnLane } from '../../src/shadow/learn/learn-lane.ts';
import { type FakeClock, fakeClock } from '../../src/testing/fake-clock.ts';
import { servedExchange } from './exchanges.ts';
import { recorder } from './recorder.ts';
import { failing, later, type scopes as Scopes, scopes, stored } from './scopes.ts';

type Answers = Omit<Parameters<typeof Scopes>[0], 'now'>;
type Given = Parameters<typeof servedExchange>[0] & { count?: number };

const perhaps: ImportOutcome = { kind: 'perhaps', error: new Error('perhaps') };
const refusing = (kind: 'forbidden' | 'tooLarge' | 'invalid'): ImportOutcome => ({
  kind,
  error: new Error(kind),
});

const all = (imported: number): ImportOutcome => ({ kind: 'imported', imported });

/** Lets the lane read all that was offered, a few at a time, before time passes, and come to rest after it. */
function patientClock(): FakeClock {
  const clock = fakeClock();
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await clock.advance(0);
  };
  return Object.create(clock, {
    advance: {
      value: async (ms: number) => {
        await settle();
        await clock.advance(ms);
        await settle();
      },
    },
  });
}

function setUp(service: Answers = {}, options: LaneOptions = {}, join?: Learner['targetOf']) {
  const clock = patientClock();
  const reporter = recorder();
  const scope = scopes({ ...service, now: () => clock.monotonic() });
  const learner = join === undefined ? scope.learner : { targetOf: join };
  const lane = createLearnLane({ options, learner, clock, random: () => 0.5, reporter });
  let made = 0;
  const offer = ({ count = 1, learning, ...given }: Given = {}): void => {
    for (let left = count; left > 0; left--) {
      const requestId = `request-${made++}`;
      lane.offer(servedExchange({ requestId, ...given, learning: { via: 'import', ...learning } }));
    }
  };
  const sizes = (): number[] => scope.batches.map(({ lessons }) => lessons.length);
  return { clock, reporter, lane, offer, sizes, ...scope };
}

describe('what is gathered', () => {
  it('leaves a second after the first of it was there, in one call', async () => {
    const { clock, offer, sizes, lane } = setUp();
    offer();
    await clock.advance(600);
    offer({ count: 2 });
    await clock.advance(399);
    expect(sizes()).toEqual([]);
    await clock.advance(1);
    expect(sizes()).toEqual([3]);
    expect(lane.stats()).toMatchObject({ ok: { stored: 3 }, pending: 0, bytes: 0 });
  });

  it('leaves at once when there are sixty-four, and the rest a second later', async () => {
    const { clock, offer, sizes } = setUp();
    offer({ count: 150 });
    await clock.advance(0);
    expect(sizes()).toEqual([64, 64]);
    await clock.advance(1000);
    expect(sizes()).toEqual([64, 64, 22]);
  });

  it('leaves earlier by bytes, and keeps its body below the limit of the service', async () => {
    const bodies: number[] = [];
    const { clock, offer, sizes } = setUp(
      {
        import: ({ lessons }) => {
          bodies.push(Buffer.byteLength(JSON.stringify(lessons)));
          return { kind: 'imported', imported: lessons.length };
        },
      },
      { maxBytes: 2 ** 27, tenantShare: 1 },
    );
    const learning = { maxCodeChars: 500_000 };
    offer({ count: 10, learning, reply: 'x\u0001'.repeat(40_000) });
    offer({ learning, reply: ' 中'.repeat(250_000) });
    await clock.advance(0);
    expect(sizes()).toEqual([3, 3, 3, 1, 1]);
    for (const bytes of bodies) expect(bytes).toBeLessThan(1_048_576 - 4096 / 2);
  });

  it('holds no slot and keeps nobody else waiting', async () => {
    const { clock, offer, lane, attempts } = setUp({}, { concurrency: 1 });
    offer({ count: 3 });
    await clock.advance(500);
    expect(lane.stats()).toMatchObject({ running: 0, pending: 3 });
    offer({ tenant: 'beta', learning: { via: 'learn' } });
    await clock.advance(0);
    expect(attempts).toHaveLength(1);
    expect(lane.stats()).toMatchObject({ running: 0, pending: 3 });
  });

  it('takes one slot a batch, and is one batch a scope at a time', async () => {
    let answer = (): void => {};
    const { clock, offer, lane, sizes, mostInFlight } = setUp({
      import: ({ lessons }) =>
        new Promise((resolve) => {
          answer = () => resolve({ kind: 'imported', imported: lessons.length });
        }),
    });
    offer({ count: 200 });
    await clock.advance(5000);
    expect(sizes()).toEqual([64]);
    expect(lane.stats()).toMatchObject({ running: 1, pending: 200 });
    answer();
    await clock.advance(0);
    expect(sizes()).toEqual([64, 64]);
    expect(mostInFlight()).toBe(1);
  });

  it('never goes to a scope together with what is another scope’s', async () => {
    const { clock, offer, batches } = setUp();
    for (let round = 0; round < 40; round++) {
      for (const tenant of ['acme', 'beta', 'gamma'])
        offer({ tenant, task: `of ${tenant}, please` });
    }
    await clock.advance(1000);
    expect(batches).toHaveLength(3);
    for (const { scope, lessons } of batches) {
      for (const { task } of lessons) expect(`scope-${task.slice(3, -8)}`).toBe(scope);
    }
  });

  it('takes turns among the tenants of one scope', async () => {
    let answer = (): void => {};
    const { learner, batches } = scopes({
      now: () => 0,
      import: ({ lessons }) =>
        new Promise((resolve) => {
          answer = () => resolve({ kind: 'imported', imported: lessons.length });
        }),
    });
    const options = { tenantShare: 1 };
    const { clock, offer, lane } = setUp({}, options, () => learner.targetOf('all'));
    offer({ count: 200, tenant: 'loud', task: 'A loud question' });
    offer({ count: 5, tenant: 'quiet', task: 'A quiet question' });
    // All have been read when both tenants are known to wait behind the first batch.
    for (let turn = 0; turn < 50 && lane.stats().tenants < 2; turn++) await clock.advance(0);
    for (let turn = 0; turn < 5; turn++) await clock.advance(0);
    answer();
    await clock.advance(0);
    // The first may have left before they were read.
    const early = batches.slice(0, 2).flatMap(({ lessons }) => lessons.map(({ task }) => task));
    expect(early.filter((task) => task === 'A quiet question')).toHaveLength(5);
  });

  it('goes at once on flush and on close', async () => {
    const { clock, offer, sizes, lane } = setUp();
    offer({ count: 2 });
    await clock.advance(10);
    const flushed = lane.flush(5000);
    await clock.advance(0);
    expect(await flushed).toMatchObject({ drained: true, counts: { ok: { stored: 2 } } });
    offer({ count: 3 });
    const closed = lane.close(5000);
    await clock.advance(0);
    expect(await closed).toMatchObject({ drained: true, counts: { ok: { stored: 3 } } });
    expect(sizes()).toEqual([2, 3]);
    expect(clock.pending).toBe(0);
  });

  it('goes in full batches on flush, however much of it was still to be read', async () => {
    const { clock, offer, sizes, lane } = setUp({}, { concurrency: 16 });
    // A look at the clock takes so long that a turn prepares a few of them.
    const { monotonic } = clock;
    let looks = 0;
    clock.monotonic = () => {
      looks += 1;
      return monotonic() + looks / 10;
    };
    offer({ count: 150 });
    const flushed = lane.flush(5000);
    await clock.advance(10);
    expect(await flushed).toMatchObject({ drained: true, counts: { ok: { stored: 150 } } });
    expect(sizes()).toEqual([64, 64, 22]);
  });

  it('waits on flush for replies and keys that are still to come', async () => {
    const { learner, batches } = scopes({ now: () => 0 });
    const later = async (tenant: string) => {
      await new Promise(setImmediate);
      return learner.targetOf(tenant);
    };
    const { clock, offer, lane } = setUp({}, { concurrency: 16 }, later);
    offer({ count: 128 });
    const flushed = lane.flush(5000);
    await clock.advance(100);
    expect(await flushed).toMatchObject({ drained: true, counts: { ok: { stored: 128 } } });
    expect(batches.map(({ lessons }) => lessons.length)).toEqual([64, 64]);
  });

  it.each(['flush', 'close'] as const)(
    'goes on a short %s although replies of others are never read',
    async (end) => {
      const { clock, offer, sizes, lane } = setUp();
      offer({ tenant: 'beta' });
      offer({ count: 17, learning: { view: () => new Promise<never>(() => undefined) } });
      await clock.advance(0);
      const ended = lane[end](500);
      await clock.advance(124);
      expect(sizes()).toEqual([]);
      await clock.advance(1);
      expect(sizes()).toEqual([1]);
      await clock.advance(375);
      expect(await ended).toMatchObject({ drained: false, counts: { ok: { stored: 1 } } });
    },
  );

  it('gathers again after a flush, and an idle flush returns at once', async () => {
    const { clock, offer, sizes, lane } = setUp();
    expect(await lane.flush(5000)).toMatchObject({ drained: true });
    offer();
    await clock.advance(999);
    expect(sizes()).toEqual([]);
    await clock.advance(1);
    expect(sizes()).toEqual([1]);
  });

  it('waits for the pace of its own path alone', async () => {
    let wait = 5000;
    const { clock, offer, sizes, attempts } = setUp({
      readyInMs: (_, via) => (via === 'import' ? Math.max(0, wait - clock.monotonic()) : 0),
    });
    offer({ count: 70 });
    offer({ learning: { via: 'learn' } });
    await clock.advance(4999);
    expect(sizes()).toEqual([]);
    expect(attempts).toHaveLength(1);
    await clock.advance(1);
    wait = 0;
    await clock.advance(1000);
    expect(sizes()).toEqual([64, 6]);
  });

  it('is given up like any task that waits too long', async () => {
    const { clock, offer, lane } = setUp({ readyInMs: () => 60_000 }, { maxAgeMs: 3000 });
    offer({ count: 5 });
    await clock.advance(3000);
    expect(lane.stats()).toMatchObject({ timedOut: 5, pending: 0, bytes: 0 });
  });
});

describe('what is sent', () => {
  const sent = async (...given: Given[]) => {
    const { clock, offer, batches } = setUp();
    for (const one of given) offer(one);
    await clock.advance(1000);
    return batches.flatMap(({ lessons }) => lessons);
  };

  it('is redacted and made safe by us: task, reply and run id', async () => {
    const redact = (text: string): string => text.replaceAll('secret', '[x]');
    const [lesson] = await sent({
      task: 'my sec\0ret question',
      reply: `a secret ${'a'.repeat(900)}`,
      learning: { redact, runId: () => 'run secret' },
    });
    expect(lesson).toMatchObject({ task: 'my [x] question', evalScore: 5, runId: 'run [x]' });
    expect(lesson?.code).toBe(`a [x] ${'a'.repeat(500)}`);
  });

  it('has a key that is the same for the same exchange and for no other', async () => {
    const one = { requestId: 'r-1', tenant: 'acme', task: 'Where is it, please?', reply: 'There.' };
    const keys = (
      await sent(
        one,
        { ...one, requestId: 'r-2' },
        { ...one, task: 'Where is it now?' },
        { ...one, reply: 'Here.' },
        { ...one, tenant: 'beta' },
      )
    ).map(({ key }) => key);
    const [again] = await sent(one);
    expect(again?.key).toBe(keys[0]);
    expect(new Set(keys).size).toBe(5);
    for (const key of keys) expect(key).toMatch(/^patterns\/[A-Za-z0-9_-]{20,400}$/);
  });

  it('keeps two tenants of one scope apart by their keys', async () => {
    const { learner, batches } = scopes({ now: () => 0 });
    const { clock, offer } = setUp({}, {}, () => learner.targetOf('all'));
    for (const tenant of ['acme', 'beta']) offer({ requestId: 'r-1', tenant });
    await clock.advance(1000);
    expect(new Set(batches[0]?.lessons.map(({ key }) => key)).size).toBe(2);
  });

  it('is one record when one exchange is offered twice, and both are counted', async () => {
    const { clock, offer, sizes, lane } = setUp();
    offer({ count: 2, requestId: 'r-1' });
    await clock.advance(1000);
    expect(sizes()).toEqual([1]);
    expect(lane.stats().ok).toEqual({ stored: 1, deduplicated: 1 });
  });

  it('is told for each exchange, with the key of its pattern', async () => {
    const { clock, offer, batches, reporter } = setUp();
    offer({ count: 3 });
    await clock.advance(1000);
    const keys = batches[0]?.lessons.map(({ key }) => key);
    const events = reporter.of('learned');
    expect(events.map(({ patternKey }) => patternKey)).toEqual(keys);
    expect(events).toMatchObject(Array(3).fill({ outcome: 'stored', attempts: 1, leg: 'legacy' }));
  });

  it('counts what was there before as deduplicated', async () => {
    const { clock, offer, lane } = setUp({ import: () => ({ kind: 'imported', imported: 1 }) });
    offer({ count: 3 });
    await clock.advance(1000);
    expect(lane.stats().ok).toEqual({ stored: 1, deduplicated: 2 });
  });
});

describe('what fails', () => {
  it('is sent again under the same keys and with nothing else, and is stored', async () => {
    const { clock, offer, batches, lane, reporter } = setUp({
      import: (_, index) => (index === 0 ? perhaps : { kind: 'imported', imported: 1 }),
    });
    offer({ count: 3 });
    await clock.advance(1000);
    offer({ count: 2, task: 'A later question' });
    await clock.advance(3000);
    const keys = batches.map(({ lessons }) => lessons.map(({ key }) => key));
    expect(keys[1]).toEqual(keys[0]);
    expect(batches).toHaveLength(3);
    expect(lane.stats()).toMatchObject({ ok: { stored: 4, deduplicated: 1 }, pending: 0 });
    expect(reporter.of('learned').map(({ attempts }) => attempts)).toEqual([2, 2, 2, 1, 1]);
    expect(reporter.failures.map(({ operation }) => operation)).toEqual(['engramia.import']);
  });

  it('is sent four times at most when nobody knows whether it was stored', async () => {
    const { clock, offer, sizes, lane } = setUp({ import: () => perhaps });
    offer({ count: 3 });
    await clock.advance(600_000);
    expect(sizes()).toEqual([3, 3, 3, 3]);
    expect(lane.stats()).toMatchObject({ unknown: 3, pending: 0 });
  });

  it('is sent again where nobody knows, however often it was certainly not stored before', async () => {
    const soon: ImportOutcome = { kind: 'later', error: new Error('later'), afterMs: 500 };
    const { clock, offer, sizes, lane } = setUp({
      import: (_, index) => [soon, soon, soon, perhaps, perhaps][index] ?? all(3),
    });
    offer({ count: 3 });
    await clock.advance(60_000);
    expect(sizes()).toEqual(Array(6).fill(3));
    expect(lane.stats()).toMatchObject({ ok: { stored: 3 }, unknown: 0, pending: 0 });
  });

  it('is sent again in the search for a bad record, however far that has come', async () => {
    let broken = 0;
    const { clock, offer, lane } = setUp({
      import: ({ lessons }) => {
        if (lessons.length < 8 && broken++ === 0) return perhaps;
        const isBad = lessons.some(({ task }) => task.startsWith('bad'));
        return isBad ? refusing('invalid') : all(lessons.length);
      },
    });
    offer({ count: 63 });
    offer({ task: 'bad question' });
    await clock.advance(60_000);
    expect(broken).toBeGreaterThan(1);
    expect(lane.stats()).toMatchObject({ ok: { stored: 63 }, failed: 1, unknown: 0, pending: 0 });
  });

  it('costs the address one failure a batch, not one an exchange', async () => {
    const { clock, offer, reporter } = setUp({ import: () => new Promise(() => {}) });
    offer({ count: 64 });
    await clock.advance(30_000);
    expect(reporter.of('delivery')).toEqual([]);
  });

  it('counts every exchange of a batch that ran past its deadline, and frees its slot when it ends', async () => {
    let end = (): void => {};
    const { clock, offer, lane } = setUp({
      import: () =>
        new Promise((resolve) => {
          end = () => resolve(perhaps);
        }),
    });
    offer({ count: 5 });
    await clock.advance(31_000);
    expect(lane.stats()).toMatchObject({ timedOut: 5, pending: 0, running: 1 });
    end();
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ timedOut: 5, running: 0, bytes: 0 });
  });

  it('is aborted with its request on close', async () => {
    let wasAborted = false;
    const { clock, offer, lane } = setUp({
      import: (_, __, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            wasAborted = true;
            resolve(perhaps);
          });
        }),
    });
    offer({ count: 5 });
    await clock.advance(1000);
    const closed = lane.close(100);
    await clock.advance(100);
    expect(await closed).toMatchObject({ drained: false, counts: { aborted: 5, pending: 0 } });
    expect(wasAborted).toBe(true);
  });

  it('names the mend once when the key must not import, and leaves other ways alone', async () => {
    const { clock, offer, sizes, attempts, lane, reporter } = setUp({
      import: () =>
        new Promise((resolve) => clock.setTimeout(() => resolve(refusing('forbidden')), 10)),
    });
    offer({ count: 70 });
    await clock.advance(5000);
    offer({ count: 3 });
    offer({ learning: { via: 'learn' } });
    await clock.advance(5000);
    expect(sizes()).toEqual([64]);
    expect(attempts).toHaveLength(1);
    expect(lane.stats()).toMatchObject({ failed: 70, skipped: { noKey: 3 }, ok: { stored: 1 } });
    const told = reporter.of('delivery');
    expect(told).toMatchObject([{ state: 'forbidden', scope: 'scope-acme', forMs: 3_600_000 }]);
    expect(told[0]?.mend).toContain('role admin');
  });

  it('asks with one exchange after an hour whether the key may import now', async () => {
    let mayImport = false;
    const { clock, offer, sizes, reporter } = setUp({
      import: ({ lessons }) =>
        mayImport ? { kind: 'imported', imported: lessons.length } : refusing('forbidden'),
    });
    offer();
    await clock.advance(3_601_000);
    mayImport = true;
    offer({ count: 3 });
    await clock.advance(1000);
    offer({ count: 3 });
    await clock.advance(1000);
    expect(sizes()).toEqual([1, 1, 3]);
    expect(reporter.of('delivery').map(({ state }) => state)).toEqual(['forbidden', 'resumed']);
  });

  it('splits a batch that is too large for something on the way, and makes smaller ones from then on', async () => {
    const { clock, offer, sizes, lane } = setUp({
      import: ({ lessons }) =>
        lessons.length > 20 ? refusing('tooLarge') : { kind: 'imported', imported: lessons.length },
    });
    offer({ count: 64 });
    await clock.advance(1000);
    expect(sizes().slice(0, 3)).toEqual([64, 32, 16]);
    expect(lane.stats()).toMatchObject({ ok: { stored: 64 }, failed: 0 });
    const before = sizes().length;
    offer({ count: 64 });
    await clock.advance(1000);
    expect(Math.max(...sizes().slice(before))).toBeLessThanOrEqual(16);
  });

  it('fails a single exchange that is too large', async () => {
    const { clock, offer, sizes, lane } = setUp({ import: () => refusing('tooLarge') });
    offer();
    await clock.advance(60_000);
    expect(sizes()).toEqual([1]);
    expect(lane.stats()).toMatchObject({ failed: 1, pending: 0 });
  });

  it.each([1, 2])('finds %i bad records and stores all the others', async (bad) => {
    const { clock, offer, sizes, lane } = setUp({
      import: ({ lessons }) =>
        lessons.some(({ task }) => task.startsWith('bad'))
          ? refusing('invalid')
          : { kind: 'imported', imported: lessons.length },
    });
    offer({ count: 20 });
    offer({ task: 'bad question' });
    offer({ count: 22 });
    offer({ count: bad - 1, task: 'bad question, too' });
    offer({ count: 21 - bad + 1 });
    await clock.advance(1000);
    expect(lane.stats()).toMatchObject({ ok: { stored: 64 - bad }, failed: bad, pending: 0 });
    expect(sizes().length).toBeLessThanOrEqual(23);
  });

  it('stops the search where every record is refused', async () => {
    const { clock, offer, sizes, lane } = setUp({ import: () => refusing('invalid') });
    offer({ count: 64 });
    await clock.advance(60_000);
    expect(sizes().length).toBeLessThanOrEqual(23);
    expect(lane.stats()).toMatchObject({ failed: 64, pending: 0 });
  });

  it('stops with an event when the scope is full, and asks once after an hour', async () => {
    let isFull = true;
    const { clock, offer, sizes, lane, reporter } = setUp({
      import: ({ lessons }) =>
        new Promise((resolve) => {
          const full: ImportOutcome = { kind: 'quota', error: new Error('full') };
          const all: ImportOutcome = { kind: 'imported', imported: lessons.length };
          clock.setTimeout(() => resolve(isFull ? full : all), 10);
        }),
    });
    offer({ count: 70 });
    await clock.advance(1000);
    offer({ count: 2 });
    await clock.advance(1000);
    expect(sizes()).toEqual([64]);
    expect(lane.stats()).toMatchObject({ failed: 70, skipped: { budget: 2 } });
    isFull = false;
    await clock.advance(3_600_000);
    offer({ count: 2 });
    await clock.advance(1010);
    expect(lane.stats()).toMatchObject({ ok: { stored: 1 }, skipped: { budget: 3 } });
    expect(reporter.of('delivery').map(({ state }) => state)).toEqual(['quota', 'resumed']);
  });

  it('waits where the path is limited, and single learns go on', async () => {
    const limited = new EngramiaError('ERR_ENGRAMIA_HTTP', 'slow down', {
      status: 429,
      errorCode: 'RATE_LIMITED',
    });
    const { clock, offer, sizes, attempts, reporter } = setUp({
      import: ({ lessons }, index) =>
        index === 0
          ? { kind: 'later', error: limited, afterMs: 20_000 }
          : { kind: 'imported', imported: lessons.length },
    });
    offer({ count: 3 });
    await clock.advance(1000);
    offer({ learning: { via: 'learn' } });
    await clock.advance(19_999);
    expect(attempts).toHaveLength(1);
    expect(sizes()).toEqual([3]);
    await clock.advance(1);
    expect(sizes()).toEqual([3, 3]);
    expect(reporter.of('delivery').map(({ state }) => state)).toEqual(['paused', 'resumed']);
  });

  it('leaves the whole address alone where it asks for that', async () => {
    const { clock, offer, attempts, sizes } = setUp({
      import: ({ lessons }, index) =>
        index === 0
          ? { kind: 'later', error: new Error('maintenance'), afterMs: 20_000 }
          : { kind: 'imported', imported: lessons.length },
    });
    offer({ count: 3 });
    await clock.advance(1000);
    offer({ tenant: 'beta', learning: { via: 'learn' } });
    await clock.advance(19_999);
    expect(attempts).toHaveLength(0);
    await clock.advance(1);
    expect([attempts.length, sizes()]).toEqual([1, [3, 3]]);
  });

  it('opens the breaker, and spends no more retries than its budget', async () => {
    const { clock, offer, sizes, lane, reporter } = setUp({ import: () => later() as never });
    offer({ count: 200 });
    await clock.advance(600_000);
    expect(reporter.of('delivery')[0]).toMatchObject({ state: 'open' });
    expect(sizes().length).toBeLessThan(40);
    expect(lane.stats().pending + lane.stats().failed + lane.stats().timedOut).toBe(200);
  });

  it('tries a refused key once more after a minute if it worked before', async () => {
    const { clock, offer, lane, sizes } = setUp({
      import: ({ lessons }, index) =>
        index === 1
          ? (failing('unauthorized') as ImportOutcome)
          : { kind: 'imported', imported: lessons.length },
    });
    offer();
    await clock.advance(1000);
    offer({ count: 2 });
    await clock.advance(60_999);
    expect(sizes()).toEqual([1, 2]);
    await clock.advance(1);
    expect(sizes()).toEqual([1, 2, 2]);
    expect(lane.stats()).toMatchObject({ ok: { stored: 3 }, failed: 0 });
  });

  it('never has a learn and a batch of one scope on their way together', async () => {
    const slow = <T>(value: T): Promise<T> =>
      new Promise((resolve) => clock.setTimeout(() => resolve(value), 50));
    const { clock, offer, mostInFlight, lane } = setUp({
      learn: () => slow(stored),
      import: ({ lessons }) => slow({ kind: 'imported', imported: lessons.length }),
    });
    for (let round = 0; round < 20; round++) {
      offer({ learning: { via: round % 2 ? 'learn' : 'import' } });
    }
    await clock.advance(5000);
    expect(lane.stats().ok.stored).toBe(20);
    expect(mostInFlight()).toBe(1);
  });
});
