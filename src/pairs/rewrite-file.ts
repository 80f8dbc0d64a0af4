import { open, realpath, rename, rm } from 'node:fs/promises';
import { linesOf } from './lines-of.ts';
import { nextName } from './log-names.ts';
import { openIfThere } from './open-if-there.ts';

/** Characters of one write. */
const batchChars = 64 * 1024;

/** What becomes of a line; undefined: it goes. */
export type LineChange = (line: string) => string | undefined;

/**
 * Changes lines of a file by writing another one in its place, so that a crash leaves the one or the other. Gives how many
 * were changed; without any the file is left alone.
 */
export async function rewriteFile(path: string, change: LineChange): Promise<number> {
  if (!(await needsChange(path, change))) return 0;
  // Where a link leads: in the place of the link, the old file would stay behind it with all that was to be taken out.
  const file = await realpath(path);
  const next = nextName(file);
  try {
    const changed = await writeChanged(file, next, change);
    await rename(next, file);
    return changed;
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}

async function writeChanged(path: string, next: string, change: LineChange): Promise<number> {
  await using from = await open(path, 'r');
  await using to = await open(next, 'w', 0o600);
  let changed = 0;
  let batch = '';
  for await (const line of linesOf(from)) {
    const kept = change(line);
    if (kept !== line) changed += 1;
    if (kept !== undefined) batch += `${kept}\n`;
    if (batch.length < batchChars) continue;
    await to.appendFile(batch);
    batch = '';
  }
  await to.appendFile(batch);
  return changed;
}

async function needsChange(path: string, change: LineChange): Promise<boolean> {
  await using file = await openIfThere(path);
  if (file === undefined) return false;
  for await (const line of linesOf(file)) if (change(line) !== line) return true;
  return false;
}
