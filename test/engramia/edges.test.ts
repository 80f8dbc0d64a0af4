import { createEngramiaClient } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Caller } from '../../src/engramia/calls/caller.ts';
import { Deadline } from '../../src/engramia/calls/deadline.ts';
import type { EngramiaClient } from '../../src/engramia/client.ts';
import { toLearnTarget } from '../../src/engramia/learning/learn-target.ts';
import { createPacer } from '../../src/engramia/pacer.ts';
import { readSegment } from '../../src/engramia/schemas/request-schema.ts';
import { lookUpScope } from '../../src/engramia/scope-lookup.ts';
import { ServerClock } from '../../src/engramia/server-clock.ts';
import { failureOf } from './failure-of.ts';
import { loopbackService } from './loopback-service.ts';

const version = { app_version: '1', api_version: 'v1' };
const never = { signal: new AbortController().signal };

describe('a client with another key', () => {
  it('closes itself alone, and is closed with the one that it was made of', async () => {
    const { url } = await loopbackService({ json: version });
    const client = createEngramiaClient({ baseUrl: url, apiKey: 'key-a', pool: {} });
    onTestFinished(() => client.close());
    const [one, other] = [client.withKey('key-b'), client.withKey('key-c')];
    await one.version();
    await one.close();
    expect(await failureOf(one.version())).toMatchObject({ code: 'ERR_CUTOVER_CLOSED' });
    expect((await other.version()).appVersion).toBe('1');
    expect((await client.version()).appVersion).toBe('1');
    await client.close();
    expect(await failureOf(other.version())).toMatchObject({ code: 'ERR_CUTOVER_CLOSED' });
  });

  it('has another name at another address', () => {
    const of = (baseUrl: string) => createEngramiaClient({ baseUrl, apiKey: 'key-a' }).fingerprint;
    expect(of('https://one.example')).not.toBe(of('https://two.example'));
    expect(of('https://one.example')).toBe(of('https://one.example/'));
  });
});

describe('whether a lesson was stored', () => {
  it.each([-90_000, 0, 90_000])(
    'is asked in the time of the service, %i ms from ours',
    async (skew) => {
      const since = 1_700_000_000_000;
      const asked: unknown[] = [];
      const target = (ts: number) => {
        const event = { kind: 'learn', ts, patternKey: 'patterns/9f86d081_1_a' };
        const events = async (request: unknown) => {
          asked.push(request);
          return { events: [event], total: 1 };
        };
        const pacing = { readyInMs: () => 0, clockSkewMs: skew };
        return toLearnTarget({ baseUrl: '', pacing, events } as unknown as EngramiaClient, 'scope');
      };
      const lesson = { task: 'test', code: 'code', evalScore: 7, runId: 'run' };
      const moment = (since + skew) / 1000;
      expect(await target(moment).wasStored(lesson, since, never)).toBe(true);
      expect(await target(moment - 1).wasStored(lesson, since, never)).toBe(false);
      expect(asked).toEqual([1, 2].map(() => ({ since: moment, limit: 1000 })));
    },
  );
});

describe('the service’s clock', () => {
  it('is taken to be ours as far as its answers allow, however long they were on their way', () => {
    const time = new ServerClock(fakeClock(0));
    time.observe(1_000_000, 1_000_500, 1_000_500);
    expect(time.skewMs).toBe(0);
    time.observe(1_000_000, 1_000_000, 1_003_000);
    expect(time.skewMs).toBe(0);
    time.observe(1_010_000, 1_000_000, 1_000_000);
    expect(time.skewMs).toBe(10_000);
    time.observe(990_000, 1_000_000, 1_000_000);
    expect(time.skewMs).toBe(-9_000);
  });
});

describe('the calls of a minute', () => {
  const limits = { learnsPerMinute: 4, recallsPerMinute: 1, callsPerMinutePerKey: 100 };
  const taken = (path: string, times: number) => {
    const pacer = createPacer(limits, new ServerClock(fakeClock(0)));
    return Array.from({ length: times }, () => pacer.take(path, undefined, 'shadow') === 0);
  };

  it('are one at least for the shadow', () => {
    expect(taken('recall', 2)).toEqual([true, false]);
  });

  it('are all for what is learned, in batches too', () => {
    expect(taken('learn', 5)).toEqual([true, true, true, true, false]);
    expect(taken('import', 5)).toEqual([true, true, true, true, false]);
  });
});

describe('the key of a pattern', () => {
  it.each(['patterns/a//b', 'patterns/a/./b', 'patterns/a/', 'patterns/a/.', 'patterns/a/../b'])(
    'has no part that a server would take for a way: %s',
    (key) => {
      expect(readSegment.patternKey(key).ok).toBe(false);
    },
  );

  it('may have parts', () => {
    expect(readSegment.patternKey('patterns/a/b.c')).toEqual({ ok: true, value: 'patterns/a/b.c' });
  });
});

describe('the role of an admin’s own key', () => {
  const roleBy = async (...keys: readonly object[]) => {
    const answers = { retention: { tenantId: 't', projectId: 'p' }, listKeys: { keys } };
    const call = async (operation: keyof typeof answers) => answers[operation];
    return (await lookUpScope(call as unknown as Caller, 'engramia_sk_abcdef', {}))?.role;
  };
  const own = { id: '1', role: 'admin', keyPrefix: 'engramia_sk_abc...' };

  it('is that of the one key that it can be', async () => {
    const other = { id: '2', role: 'owner', keyPrefix: 'engramia_sk_xyz...' };
    const revoked = { ...own, id: '3', role: 'editor', revokedAt: '2026-01-01' };
    expect(await roleBy(own, other, revoked)).toBe('admin');
  });

  it('is not guessed where it could be one of two, or any', async () => {
    expect(await roleBy(own, { ...own, id: '2', role: 'owner' })).toBeUndefined();
    expect(await roleBy({ ...own, keyPrefix: 'eng...' })).toBeUndefined();
    expect(await roleBy({ ...own, keyPrefix: null })).toBeUndefined();
    expect(await roleBy()).toBeUndefined();
  });
});

describe('the end of a call', () => {
  it('is at once where its caller had gone before, though nothing else ever comes', async () => {
    const clock = fakeClock();
    const deadline = new Deadline<string>(clock, 1_000, AbortSignal.abort());
    await expect(deadline.race(new Promise(() => undefined))).rejects.toThrow('was ended');
    expect(deadline.ended).toBe('aborted');
    await clock.advance(2_000);
    expect(deadline.ended).toBe('aborted');
    deadline.release();
  });

  it('leaves no timer once it has been answered', async () => {
    const { url } = await loopbackService({ json: version });
    const clock = fakeClock();
    const client = createEngramiaClient({ baseUrl: url, clock });
    await client.version();
    expect(clock.pending).toBe(0);
  });
});
