import type { ServedExchange } from '../core/contracts/exchange.ts';

/** What a call keeps besides its texts: itself, its subject, its place in the lane. */
export const fixedBytes = 512;

/** Two bytes a code unit of a string; what bytes, or an adapter's captured reply, say of themselves. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return value.length * 2;
  if (typeof value !== 'object' || value === null) return 0;
  const { byteLength } = value as { byteLength?: unknown };
  return typeof byteLength === 'number' ? byteLength : 0;
}

/** What an object is charged before it may be read: its insides belong to the caller until then. */
const unreadBytes = 4096;

function unread(value: unknown): number {
  const known = bytesOf(value);
  return known > 0 || typeof value !== 'object' || value === null ? known : unreadBytes;
}

/** Bytes that a served call retains before it is read: an estimate that looks at lengths only. */
export function retainedBytes({ subject, reply, args }: ServedExchange): number {
  let bytes = fixedBytes + bytesOf(subject.task) + unread(reply);
  for (const arg of args) bytes += unread(arg);
  return bytes;
}
