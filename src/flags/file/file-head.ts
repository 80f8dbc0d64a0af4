import type { Stats } from 'node:fs';
import { nodeBuiltin } from '../../core/node-builtin.ts';

/** The beginning of a file. */
export interface FileHead {
  readonly bytes: Buffer;
  /** Bytes that the whole file had; more than were asked for: the rest was not read. */
  readonly size: number;
}

// A pipe without a writer would block whoever opens it, in a thread that is never given back. Windows has no such flag.
const reading = (): number => {
  const { O_RDONLY, O_NONBLOCK = 0 } = nodeBuiltin.fs.constants;
  return O_RDONLY | O_NONBLOCK;
};

/** Reads at most so many bytes of a regular file. Both throw Node's own error, or one with the code `EINVAL` for what is no file. */
export const fileHead = {
  /** At once: for starts, where nobody waits yet. */
  readSync(path: string, maxBytes: number): FileHead {
    const { openSync, fstatSync, readSync, closeSync } = nodeBuiltin.fs;
    const file = openSync(path, reading());
    try {
      const room = roomFor(fstatSync(file), maxBytes);
      return headOf(room, readSync(file, room, 0, room.length, 0), fstatSync(file));
    } finally {
      closeSync(file);
    }
  },

  /** Off the event loop. */
  async read(path: string, maxBytes: number): Promise<FileHead> {
    const file = await nodeBuiltin.fs.promises.open(path, reading());
    try {
      const room = roomFor(await file.stat(), maxBytes);
      const { bytesRead } = await file.read(room, 0, room.length, 0);
      return headOf(room, bytesRead, await file.stat());
    } finally {
      await file.close();
    }
  },
};

function roomFor(stats: Stats, maxBytes: number): Buffer {
  if (!stats.isFile()) throw Object.assign(new Error('It is not a file.'), { code: 'EINVAL' });
  return Buffer.alloc(Math.min(stats.size, maxBytes));
}

// Its size is asked again: one that has grown meanwhile was not read to its end.
function headOf(room: Buffer, bytesRead: number, { size }: Stats): FileHead {
  return { bytes: room.subarray(0, bytesRead), size };
}
