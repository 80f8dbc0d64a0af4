import type { ServedExchange } from '../core/exchange.ts';

/** What a call keeps besides its texts: itself, its subject, its place in the lane. */
const fixedBytes = 512;

/** Two bytes a code unit: what a string may take. */
const textBytes = (value: unknown): number => (typeof value === 'string' ? value.length * 2 : 0);

/** Bytes that a served call retains before it is read: an estimate that looks at lengths only. */
export function retainedBytes({ subject, reply }: ServedExchange): number {
  return fixedBytes + textBytes(subject.task) + textBytes(reply);
}
