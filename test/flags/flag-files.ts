import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of the test's own, removed when the test ends. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cutover-flags-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a flag file of version 1, and the folder it is in. */
export function writeFlags(path: string, content: object): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, JSON.stringify({ version: 1, ...content }));
}

const pipeMaker = 'mkfifo';

/** Makes a named pipe: whoever opens one that nobody writes to waits for ever. */
export function makePipe(path: string): void {
  execFileSync(pipeMaker, [path]);
}
