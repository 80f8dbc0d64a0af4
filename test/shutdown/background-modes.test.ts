import { type FakeEngramia, fakeEngramia } from 'engramia-cutover/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freezingHost, type HostSettings } from './freezing-host.ts';

const messages = [
  'Parse quoted spreadsheet fields',
  'Translate invoices into Finnish',
  'Compress holiday photo albums',
];

let fake: FakeEngramia;
let service: { readonly url: string; close(): Promise<void> };

beforeEach(async () => {
  fake = await fakeEngramia({ keys: { 'key-of-acme': { tenant: 'acme' } } });
  fake.setLatency(50);
  service = await fake.listen();
});

afterEach(() => service.close());

const hostOf = (
  mode: HostSettings['mode'],
  over: Partial<Pick<HostSettings, 'deadlineMs' | 'waitUntil'>> = {},
) =>
  freezingHost({
    baseUrl: service.url,
    mode,
    deadlineMs: 10_000,
    waitUntil: 'of the options',
    ...over,
  });

const learns = (): number => fake.requests.filter(({ path }) => path === '/v1/learn').length;

describe('on a platform that freezes after the response', () => {
  it.each([
    { mode: 'waitUntil', waitUntil: 'of the options' },
    { mode: 'waitUntil', waitUntil: 'of the call' },
    { mode: 'await', waitUntil: 'of the call' },
  ] as const)('mode $mode loses nothing, with the waitUntil $waitUntil', async (settings) => {
    await using host = hostOf(settings.mode, settings);
    const { replies } = await host.ask(messages);
    expect(replies).toEqual(messages.map((message) => `legacy: ${message}`));
    const { learn, mirror } = await host.frozen();
    expect(learn).toMatchObject({ accepted: 3, ok: { stored: 3 }, pending: 0 });
    expect(mirror).toMatchObject({ accepted: 3, ok: { stored: 3 }, pending: 0 });
    expect(fake.patterns('acme')).toHaveLength(3);
  });

  it('mode waitUntil answers before the work is done, mode await after it', async () => {
    const seen: Record<string, number> = {};
    for (const mode of ['waitUntil', 'await'] as const) {
      await using host = hostOf(mode);
      const before = learns();
      await host.ask(messages);
      seen[mode] = learns() - before;
      await host.frozen();
    }
    expect(seen.waitUntil).toBeLessThan(3);
    expect(seen.await).toBe(3);
  });

  it('mode detached loses what has not ended, as nothing turns its loop', async () => {
    {
      await using host = hostOf('detached');
      expect((await host.ask(messages)).replies).toHaveLength(3);
      expect((await host.frozen()).learn).toMatchObject({ ok: { stored: 0 }, pending: 3 });
    }
    expect(learns()).toBe(0);
  });

  it('mode detached goes on when it is thawed', async () => {
    await using host = hostOf('detached');
    await host.ask(messages);
    await host.frozen();
    expect((await host.thaw()).learn).toMatchObject({ ok: { stored: 3 }, pending: 0 });
    expect(fake.patterns('acme')).toHaveLength(3);
  });
});

describe('with Engramia hanging', () => {
  it.each([
    { mode: 'waitUntil', waitUntil: 'of the options' },
    { mode: 'waitUntil', waitUntil: 'of the call' },
    { mode: 'await', waitUntil: 'of the options' },
  ] as const)(
    'mode $mode, $waitUntil, waits no longer than its deadline, and says what is pending',
    async (settings) => {
      fake.down('hang');
      await using host = hostOf(settings.mode, { ...settings, deadlineMs: 300 });
      expect((await host.ask(messages)).replies).toHaveLength(3);
      const { learn, elapsedMs } = await host.frozen();
      expect(learn).toMatchObject({ accepted: 3, aborted: 0, pending: 3 });
      expect(elapsedMs).toBeGreaterThanOrEqual(299);
      expect(elapsedMs).toBeLessThan(2_000);
    },
  );
});
