import type { FileHandle } from 'node:fs/promises';

const lineFeed = 10;
const chunkBytes = 64 * 1024;
/** Bytes of a line beyond which it is nobody's: it is given as what could be kept of it. */
const maxLineBytes = 16 * 2 ** 20;

/** The lines of an open file from its beginning, empty ones left out. What is not ended by a line feed is one, too. */
export async function* linesOf(file: FileHandle): AsyncGenerator<string, void, undefined> {
  // Split as bytes: a character may lie across two chunks, and only a line feed ends a line.
  let pieces: Buffer[] = [];
  let held = 0;
  const hold = (piece: Buffer): void => {
    if (held < maxLineBytes) pieces.push(piece);
    held += piece.length;
  };
  const take = (): string => {
    const line = Buffer.concat(pieces).toString();
    pieces = [];
    held = 0;
    return line;
  };
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await file.read(
      Buffer.alloc(chunkBytes),
      0,
      chunkBytes,
      position,
    );
    if (bytesRead === 0) break;
    position += bytesRead;
    let rest = buffer.subarray(0, bytesRead);
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed)) {
      hold(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      const line = take();
      if (line !== '') yield line;
    }
    hold(rest);
  }
  const last = take();
  if (last !== '') yield last;
}
