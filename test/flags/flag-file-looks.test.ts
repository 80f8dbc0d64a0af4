import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileFlags } from 'engramia-cutover/flags';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fileHead } from '../../src/flags/file/file-head.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { turnsOf } from '../turns-of.ts';
import { stageOf } from './asking.ts';
import { freshFolder, writeFlags } from './flag-files.ts';
import { oneTimerClock } from './one-timer-clock.ts';

function setUp(clock = fakeClock()) {
  const path = join(freshFolder(), 'flags.json');
  writeFlags(path, { stage: 'shadow' });
  const flags = fileFlags(path, { watch: false, clock, logger: { warn: () => undefined } });
  flags.initialize?.();
  onTestFinished(() => flags.onClose?.());
  return { path, clock, flags };
}

describe('the looks at a flag file', () => {
  it('are one at a time: all that ask during one share the next', async () => {
    const { path, flags } = setUp();
    const read = vi.spyOn(fileHead, 'read');
    const during = flags.reload();
    const [next, same] = [flags.reload(), flags.reload()];
    expect(same).toBe(next);
    expect(read).toHaveBeenCalledTimes(1);
    await during;
    writeFlags(path, { stage: 'live' });
    await next;
    expect(read).toHaveBeenCalledTimes(2);
    expect(stageOf(flags, 'acme')).toBe('live');
    await flags.reload();
    expect(read).toHaveBeenCalledTimes(3);
  });

  it('let others have their turn between parsing, checking and laying out what is new', async () => {
    const { flags } = setUp();
    const tenants = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`t-${at}`, 'live']));
    const bytes = Buffer.from(JSON.stringify({ version: 1, stage: 'off', tenants }));
    vi.spyOn(fileHead, 'read').mockResolvedValue({ bytes, size: bytes.length });
    expect(await turnsOf(() => flags.reload())).toBeGreaterThan(1);
    expect(stageOf(flags, 't-7')).toBe('live');
    expect(await turnsOf(() => flags.reload())).toBe(0);
  });

  it('go on for as long as the flags are used', async () => {
    const timers = oneTimerClock();
    const path = join(freshFolder(), 'flags.json');
    writeFlags(path, { stage: 'off' });
    const flags = fileFlags(path, { watch: false, clock: timers.clock });
    flags.initialize?.();
    onTestFinished(() => flags.onClose?.());
    for (const stage of ['shadow', 'live', 'complete'] as const) {
      writeFlags(path, { stage });
      await timers.next();
      expect(stageOf(flags, 'acme')).toBe(stage);
    }
  });

  it('take back nothing that a cutover has read meanwhile, which was made behind the last one', async () => {
    const { path, flags } = setUp();
    writeFlags(path, { stage: 'live' });
    const { promise, resolve } = Promise.withResolvers<void>();
    vi.spyOn(fileHead, 'read').mockImplementationOnce(async (...given) => {
      const head = fileHead.readSync(...given);
      await promise;
      return head;
    });
    const look = flags.reload();
    flags.onClose?.();
    writeFlags(path, { stage: 'off' });
    flags.initialize?.();
    resolve();
    await look;
    expect(stageOf(flags, 'acme')).toBe('off');
  });

  it('at one that seems broken wait for each other, and end with the use of the flags', async () => {
    const { path, clock, flags } = setUp();
    for (const text of ['{', 'null', '[]']) {
      writeFileSync(path, text);
      await flags.reload();
      // One for the next look in any case, one for the look at what seems broken.
      expect(clock.pending).toBe(2);
    }
    flags.onClose?.();
    expect(clock.pending).toBe(0);
  });
});

describe('file flags', () => {
  it('are asked on every call', () => {
    expect(setUp().flags.inProcess).toBe(true);
  });

  it('tell the cutover in words what is wrong with the file', async () => {
    const { path, flags } = setUp();
    const details: unknown[] = [];
    flags.events?.addHandler('PROVIDER_ERROR', (told) => details.push(told));
    writeFileSync(path, '{');
    await flags.reload();
    await flags.reload();
    const message = `Flag file ${path} is not JSON; the last good content holds.`;
    expect(details).toEqual([{ message }]);
  });
});
