import { readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const number = /^[1-9]\d{0,8}$/;

/** What follows a log's name in that of an unfinished rewriting, whatever has become of the file that it was made of. */
const unfinished = /^(\.[1-9]\d{0,8})?\.tmp$/;

const nameOf = (path: string, age: number): string => (age === 0 ? path : `${path}.${age}`);

/** The numbers of the files that a log has besides the one being written, the newest first. */
async function agesOf(path: string): Promise<number[]> {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path));
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((age) => number.test(age))
    .map(Number)
    .sort((a, b) => a - b);
}

/** The files of a log, the newest first: the one being written, then `.1`, `.2`, … */
export async function logNames(path: string): Promise<string[]> {
  return [0, ...(await agesOf(path))].map((age) => nameOf(path, age));
}

/** What a rewriting is written to before it takes the place of a file. */
export const nextName = (name: string): string => `${name}.tmp`;

/** Removes what a rewriting has left that a crash cut short: it holds what was to be taken out. */
export async function removeUnfinished(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(basename(path))) continue;
    const rest = name.slice(basename(path).length);
    if (unfinished.test(rest)) await rm(join(folder, name), { force: true });
    // A file that a link leads to is rewritten where it is.
    else if (unfinished.test(nextName(rest))) await removeBeside(join(folder, name));
  }
}

async function removeBeside(name: string): Promise<void> {
  const file = await realpath(name).catch(() => name);
  await rm(nextName(file), { force: true });
}

/** Makes room for a new file: each file becomes the next older one, the oldest goes. */
export async function shiftLog(path: string, maxFiles: number): Promise<void> {
  const ages = new Set(await agesOf(path));
  for (const age of ages) if (age >= maxFiles) await rm(nameOf(path, age));
  if (maxFiles === 1) return rm(path, { force: true });
  // A process that ended between two renames has left a number out: that is where the shift ends.
  let free = 1;
  while (free < maxFiles - 1 && ages.has(free)) free += 1;
  for (let age = free; age > 0; age -= 1) await rename(nameOf(path, age - 1), nameOf(path, age));
}
