import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KillFile } from '../../src/flags/file/kill-file.ts';
import { freshFolder } from './flag-files.ts';
import { oneTimerClock } from './one-timer-clock.ts';
import { RecordingReporter } from './recording-reporter.ts';

/** What a kill file tells, in order: its reason when it appears, `gone` when it was removed. */
function watching({ text, isLoop = false }: { text?: string; isLoop?: boolean } = {}) {
  const path = join(freshFolder(), 'KILL');
  if (text !== undefined) writeFileSync(path, text);
  if (isLoop) symlinkSync(path, path);
  const { clock, next: look } = oneTimerClock();
  const reporter = new RecordingReporter();
  const told: string[] = [];
  const killFile = new KillFile({
    file: path,
    clock,
    reporter,
    appeared: (reason) => told.push(reason),
    removed: () => told.push('gone'),
  });
  killFile.start();
  return { path, look, told, reporter };
}

describe('a kill file', () => {
  it('that was never there is not told to be gone', async () => {
    const { look, told } = watching();
    await look();
    expect(told).toEqual([]);
  });

  it('is told once when it comes, once when it goes, and again when it comes again', async () => {
    const { path, look, told } = watching({ text: 'first' });
    await look();
    await look();
    rmSync(path);
    await look();
    await look();
    writeFileSync(path, 'second');
    await look();
    await look();
    expect(told).toEqual(['first', 'gone', 'second']);
  });

  it('that cannot be looked for at the start is reported, and looked for again', async () => {
    const { path, look, told, reporter } = watching({ isLoop: true });
    expect(reporter.operations).toEqual(['killFile']);
    await look();
    expect(reporter.operations).toEqual(['killFile']);
    rmSync(path);
    writeFileSync(path, 'there');
    await look();
    expect(told).toEqual(['there']);
  });

  it.each([
    ['a space for each run of control characters', 'bad\u0007\u001b\u202eanswers', 'bad answers'],
    ['a space for a byte order mark that begins nothing', 'bad\ufeffanswers', 'bad answers'],
    ['no space at its end, also where it was cut', `${'x'.repeat(199)} y`, 'x'.repeat(199)],
  ])('gives as its reason the first line with %s', (_what, text, reason) => {
    expect(watching({ text }).told).toEqual([reason]);
  });
});
