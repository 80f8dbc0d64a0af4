import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/**
 * Hears of changes to one file by watching its directory: a file that is replaced by a rename or by the swap of a
 * symbolic link, as Kubernetes does it, is another file each time. A hint, never the only way: watching may fail at any
 * time and says so to nobody.
 */
export class DirectoryWatch {
  readonly #directory: string;
  readonly #file: string;
  readonly #noticed: () => void;
  #watcher: FSWatcher | undefined;
  #identity: string | undefined;
  #closed = false;

  constructor(path: string, noticed: () => void) {
    this.#directory = dirname(path);
    this.#file = basename(path);
    this.#noticed = noticed;
  }

  /** Begins to watch, and begins again when the directory is another one than before. Never rejects. */
  async ensure(): Promise<void> {
    const identity = await identityOf(this.#directory);
    if (this.#closed || identity === this.#identity) return;
    this.#forget();
    if (identity === undefined) return;
    try {
      this.#watcher = watch(this.#directory, { persistent: false }, (_event, name) => {
        this.#heard(name);
      });
    } catch {
      // No watches left, or the directory has gone again: tried again at the next call.
      return;
    }
    this.#watcher.on('error', () => this.#forget());
    this.#identity = identity;
    // For what happened before the watch began.
    this.#noticed();
  }

  close(): void {
    this.#closed = true;
    this.#forget();
  }

  #heard(name: string | null): void {
    // A directory that is removed names itself; the next one may have its number.
    if (name === basename(this.#directory)) this.#forget();
    // Kubernetes swaps a link whose name begins with two dots.
    if (name === null || name === this.#file || name.startsWith('..')) this.#noticed();
  }

  #forget(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#identity = undefined;
  }
}

async function identityOf(directory: string): Promise<string | undefined> {
  try {
    const { dev, ino, birthtimeMs } = await stat(directory);
    return `${dev}:${ino}:${birthtimeMs}`;
  } catch {
    return undefined;
  }
}
