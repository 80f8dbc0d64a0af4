import type { ServedExchange } from '../core/exchange.ts';

/** What a call keeps besides its texts: itself, its subject, its place in the lane. */
const fixedBytes = 512;

/** Two bytes a code unit of a string; what bytes, or an adapter's captured reply, say of themselves. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return value.length * 2;
  if (typeof value !== 'object' || value === null) return 0;
  const { byteLength } = value as { byteLength?: unknown };
  return typeof byteLength === 'number' ? byteLength : 0;
}

/** Bytes that a served call retains before it is read: an estimate that looks at lengths only. */
export function retainedBytes({ subject, reply }: ServedExchange): number {
  return fixedBytes + bytesOf(subject.task) + bytesOf(reply);
}
