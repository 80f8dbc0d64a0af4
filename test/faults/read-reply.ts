import { Readable } from 'node:stream';
import { streamError } from './stream-kinds.ts';

/** A piece by its type and all that is in it. */
const told = (piece: unknown): string => {
  if (Buffer.isBuffer(piece)) return `buffer ${piece.toString('hex')}`;
  if (piece instanceof Uint8Array) return `bytes ${Buffer.from(piece).toString('hex')}`;
  return `${typeof piece} ${JSON.stringify(piece)}`;
};

/** The pieces of a stream one by one, and how it ended. */
async function readPieces(stream: AsyncIterable<unknown>): Promise<string> {
  const lines: string[] = [];
  try {
    for await (const piece of stream) lines.push(told(piece));
    lines.push('end');
  } catch (error) {
    lines.push(error === streamError ? 'the very error' : `another error: ${error}`);
  }
  return lines.join('\n');
}

async function readResponse({ status, headers, body }: Response): Promise<string> {
  const head = JSON.stringify([status, [...headers]]);
  return `${head}\n${body === null ? 'no body' : await readPieces(body)}`;
}

const isIterable = (value: object): value is AsyncIterable<unknown> =>
  Symbol.asyncIterator in value;

/** All that a caller can tell of a reply: of a stream what is in it, of any other value the value itself. */
export async function readReply(value: unknown): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Response) return `Response ${await readResponse(value)}`;
  if (!isIterable(value)) return value;
  const name = value instanceof Readable ? 'Readable' : value.constructor?.name;
  return `${name}\n${await readPieces(value)}`;
}
