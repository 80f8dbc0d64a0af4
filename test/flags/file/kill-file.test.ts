import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CutoverEventOf, type CutoverOptions, createCutoverHandler } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../../src/core/time/clock.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { issuesOf } from '../asking.ts';
import { freshFolder, makePipe } from '../flag-files.ts';

/**
 * A clock that stands still, and tells when a look begins and when the next one has been put off: the look before it is
 * over then.
 */
function pollingClock(pollMs: number, onTimer: () => void) {
  const clock = fakeClock();
  let armed = (): void => undefined;
  let begun = (): void => undefined;
  const seen: Clock = {
    now: clock.now,
    monotonic: clock.monotonic,
    setTimeout: (run, ms) => {
      if (ms !== pollMs) return clock.setTimeout(run, ms);
      armed();
      onTimer();
      return clock.setTimeout(() => {
        run();
        begun();
      }, ms);
    },
    clearTimeout: clock.clearTimeout,
  };
  const begin = async (): Promise<void> => {
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    void clock.advance(pollMs);
    await beginning;
  };
  const look = async (): Promise<void> => {
    const over = new Promise<void>((resolve) => {
      armed = resolve;
    });
    await clock.advance(pollMs);
    await over;
  };
  return { clock, seen, begin, look };
}

interface World extends Partial<CutoverOptions> {
  /** What is in the file at the start; absent: it is not there. */
  text?: string;
  pollMs?: number;
  onTimer?: () => void;
}

function setUp(options: World = {}) {
  const { text, pollMs = 1_000, onTimer = () => undefined, ...others } = options;
  const path = join(freshFolder(), 'KILL');
  if (text !== undefined) writeFileSync(path, text);
  const { clock, seen, begin, look } = pollingClock(pollMs, onTimer);
  const legacy = { fails: false };
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async () => {
      if (legacy.fails) throw Object.assign(new Error('gone'), { status: 410 });
      return 'legacy';
    },
    candidate: async () => 'candidate',
    identify: () => ({ tenant: 'acme', task: 'a task long enough' }),
    flags: memoryFlags('live'),
    killFile: pollMs === 1_000 ? path : { path, pollMs },
    clock: seen,
    logger: { warn: () => undefined },
    ...others,
  });
  onTestFinished(async () => void (await handler.close()));
  const rollbacks: CutoverEventOf<'rollback'>[] = [];
  const errors: CutoverEventOf<'error'>[] = [];
  handler.on('rollback', (event) => rollbacks.push(event));
  handler.on('error', (event) => errors.push(event));
  return { path, clock, begin, look, handler, legacy, rollbacks, errors };
}

describe('a kill file', () => {
  it('kills within a second of its coming, and revives within one of its going', async () => {
    const { path, look, handler, rollbacks } = setUp();
    expect(await handler()).toBe('candidate');
    writeFileSync(path, 'bad answers\nseen by Ann');
    await look();
    expect(await handler()).toBe('legacy');
    expect(handler.stats().state).toBe('killed');
    await look();
    rmSync(path);
    await look();
    expect(await handler()).toBe('candidate');
    expect(rollbacks).toEqual([
      { type: 'rollback', outcome: 'killed', reason: 'bad answers' },
      { type: 'rollback', outcome: 'revived', reason: 'bad answers' },
    ]);
  });

  it('that is there at the start holds for the first call', async () => {
    const { handler } = setUp({ text: '' });
    expect(await handler()).toBe('legacy');
    expect(await handler.decide()).toMatchObject({ stage: 'off', reason: 'killed' });
  });

  it('beats force, and needs neither flags nor Engramia to be alive', async () => {
    const hangs = () => new Promise<never>(() => undefined);
    const { path, look, handler } = setUp({
      flags: { metadata: { name: 'dead' }, resolveStringEvaluation: hangs, initialize: hangs },
      engramia: { targetOf: hangs } as unknown as NonNullable<CutoverOptions['engramia']>,
      defaultStage: 'live',
      force: () => 'live',
    });
    writeFileSync(path, 'everything is down');
    await look();
    expect(await handler()).toBe('legacy');
  });

  it('that goes leaves a kill by hand, whichever came first', async () => {
    const first = setUp();
    first.handler.kill('by hand');
    writeFileSync(first.path, 'by file');
    await first.look();
    rmSync(first.path);
    await first.look();
    expect(await first.handler()).toBe('legacy');
    first.handler.revive();
    expect(await first.handler()).toBe('candidate');
    expect(first.rollbacks.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
      'killed: by hand',
      'revived: by hand',
    ]);

    const second = setUp({ text: 'by file' });
    second.handler.kill('by hand');
    rmSync(second.path);
    await second.look();
    expect(await second.handler()).toBe('legacy');
  });

  it('goes on killing when a kill by hand is taken back', async () => {
    const { path, look, handler, rollbacks } = setUp({ text: 'by file' });
    handler.kill('by hand');
    handler.revive();
    handler.revive();
    expect(await handler()).toBe('legacy');
    rmSync(path);
    await look();
    expect(await handler()).toBe('candidate');
    expect(rollbacks.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
      'killed: by hand',
      'revived: by file',
    ]);
  });

  it('leaves the force of a kill by hand as it is', async () => {
    const flags = memoryFlags('off');
    const { path, look, handler, legacy } = setUp({ flags });
    legacy.fails = true;
    await expect(handler()).rejects.toThrow('gone');
    flags.setDefault('live');
    handler.kill('really', { force: true });
    writeFileSync(path, 'by file');
    await look();
    await expect(handler()).rejects.toThrow('gone');
    handler.revive();
    expect(await handler()).toBe('candidate');
    expect(handler.stats().state).toBe('frozen');
  });

  it('freezes a route whose legacy is gone, as a kill by hand does', async () => {
    const flags = memoryFlags('off');
    const { path, look, handler, legacy, rollbacks } = setUp({ flags });
    legacy.fails = true;
    await expect(handler()).rejects.toThrow('gone');
    flags.setDefault('live');
    writeFileSync(path, 'back!');
    await look();
    expect(rollbacks.at(-1)).toEqual({ type: 'rollback', outcome: 'frozen', reason: 'back!' });
    expect(await handler()).toBe('candidate');
    expect(handler.stats().state).toBe('frozen');
  });

  it.each([
    [
      'its first line, without control characters',
      ' \u001b[31mred\u0007\u202e line \r\nmore',
      '[31mred line',
    ],
    ['words of ours when its first line is empty', '\n', 'the kill file is there'],
    ['at most 200 characters', '🦉'.repeat(500), '🦉'.repeat(200)],
    ['without a byte order mark', '\ufeffwhy', 'why'],
  ])('gives as its reason %s', async (_what, text, reason) => {
    const { path, look, rollbacks } = setUp();
    writeFileSync(path, text);
    await look();
    expect(rollbacks.map((event) => event.reason.replaceAll(/ +/g, ' '))).toEqual([reason]);
  });

  it('kills also when it is a folder, or a pipe that nobody writes to', async () => {
    const folder = setUp();
    mkdirSync(folder.path);
    await folder.look();
    expect(await folder.handler()).toBe('legacy');
    const pipe = setUp();
    makePipe(pipe.path);
    await pipe.look();
    expect(await pipe.handler()).toBe('legacy');
  });

  it('that cannot be looked for is reported once, and changes nothing', async () => {
    const { path, look, handler, errors } = setUp({ text: 'down' });
    const mend = () => {
      rmSync(path);
      writeFileSync(path, 'down');
    };
    // A link to itself: neither there nor missing.
    const spoil = () => {
      rmSync(path, { force: true });
      symlinkSync(path, path);
    };
    spoil();
    await look();
    await look();
    expect(errors.map(({ operation, error }) => [operation, error.code])).toEqual([
      ['killFile', 'ELOOP'],
    ]);
    expect(await handler()).toBe('legacy');
    mend();
    await look();
    spoil();
    await look();
    expect(errors).toHaveLength(2);
    rmSync(path);
    await look();
    expect(await handler()).toBe('candidate');
    spoil();
    await look();
    expect(await handler()).toBe('candidate');
  });

  it('is looked for as often as asked, and no more once the cutover closes', async () => {
    const { path, clock, look, handler } = setUp({ pollMs: 250 });
    expect(clock.pending).toBe(1);
    writeFileSync(path, '');
    await clock.advance(249);
    expect(await handler()).toBe('candidate');
    rmSync(path);
    await look();
    await handler.close();
    expect(clock.pending).toBe(0);
  });

  it('changes nothing when it is seen after the cutover was closed', async () => {
    const { path, clock, begin, handler, rollbacks } = setUp();
    writeFileSync(path, 'too late');
    await begin();
    await handler.close();
    // The look went to the disk before these do.
    for (let turn = 0; turn < 50; turn += 1) await stat(path);
    expect(clock.pending).toBe(0);
    expect(rollbacks).toEqual([]);
  });

  it('is looked for in no tenant’s async context', () => {
    const tenant = new AsyncLocalStorage<string>();
    const stores: (string | undefined)[] = [];
    tenant.run('acme', () => setUp({ onTimer: () => stores.push(tenant.getStore()) }));
    expect(stores).toEqual([undefined]);
  });

  it('is refused when it is no path, with the other options’ issues', () => {
    const options = { flags: memoryFlags('off'), killFile: { path: '', pollMs: 0, force: true } };
    const issues = issuesOf(() => setUp({ ...options, decideTimeoutMs: -1 } as never));
    expect(issues).toHaveLength(2);
    expect(issues.join()).toContain('killFile must be a path');
    expect(issuesOf(() => setUp({ killFile: '' }))).toHaveLength(1);
  });
});
