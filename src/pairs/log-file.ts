import { type FileHandle, open, stat } from 'node:fs/promises';
import { shiftLog } from './log-names.ts';

/** For the owner alone: a log may hold words. */
const ownerOnly = 0o600;

const lineFeed = Buffer.from('\n');

interface OpenFile {
  readonly handle: FileHandle;
  readonly identity: string;
  size: number;
}

/** A file that lines are added to, and its older siblings. After a failure it is opened anew. */
export class LogFile {
  readonly path: string;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  #open: OpenFile | undefined;

  constructor(path: string, maxBytes: number, maxFiles: number) {
    this.path = path;
    this.#maxBytes = maxBytes;
    this.#maxFiles = maxFiles;
  }

  /** Bytes that the file may still grow by. */
  get room(): number {
    return this.#maxBytes - (this.#open?.size ?? 0);
  }

  /** Opens the file, again when it is no longer where it was: what is written to a removed file is lost without an error. */
  async ensure(): Promise<void> {
    if (this.#open !== undefined && this.#open.identity === (await identityAt(this.path))) return;
    await this.close();
    const handle = await open(this.path, 'a+', ownerOnly);
    try {
      const { size, dev, ino } = await handle.stat();
      this.#open = { handle, identity: `${dev}:${ino}`, size: await endLine(handle, size) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async append(content: Buffer): Promise<void> {
    const file = this.#open;
    if (file === undefined) return;
    try {
      await file.handle.appendFile(content);
      file.size += content.length;
    } catch (error) {
      // A part may have been written. If it cannot be taken back, the next opening ends its line.
      await file.handle.truncate(file.size).catch(() => undefined);
      await this.close();
      throw error;
    }
  }

  async rotate(): Promise<void> {
    await this.close();
    await shiftLog(this.path, this.#maxFiles);
    await this.ensure();
  }

  async close(): Promise<void> {
    const file = this.#open;
    this.#open = undefined;
    await file?.handle.close();
  }
}

async function identityAt(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Ends a line that a crash has torn, so that the next record has a line of its own; gives the size. */
async function endLine(handle: FileHandle, size: number): Promise<number> {
  if (size === 0) return 0;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] === lineFeed[0]) return size;
  await handle.appendFile(lineFeed);
  return size + 1;
}
