import { type FileHandle, open } from 'node:fs/promises';
import { attempt } from '../core/attempt.ts';

/** A file to be read; undefined: there is none, or no longer, since the oldest file of a log is removed. */
export async function openIfThere(name: string): Promise<FileHandle | undefined> {
  try {
    return await open(name, 'r');
  } catch (error) {
    if (attempt(() => (error as NodeJS.ErrnoException).code) === 'ENOENT') return undefined;
    throw error;
  }
}
