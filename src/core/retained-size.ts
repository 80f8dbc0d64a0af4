import { isError } from './is-error.ts';

/** What an object or array takes besides what it holds. */
const objectBytes = 64;

interface ByteHolder {
  readonly byteLength?: unknown;
}

/** Values looked at; what is beyond them is charged as if it were like these. */
const mostLooks = 10_000;

/**
 * Bytes that a value retains, by a walk that ends: texts at two bytes a unit, bytes as they are, everything else at a
 * flat rate. Reads own values, so it is only for copies of ours, never for what belongs to a caller.
 */
export function retainedSize(value: unknown): number {
  let bytes = flatSize(value);
  const waiting: object[] = isHolder(value) ? [value] : [];
  let looks = 1;
  let unseen = 0;
  while (looks < mostLooks) {
    const holder = waiting.pop();
    if (holder === undefined) return bytes;
    const inner = innerOf(holder);
    const end = Math.min(inner.length, mostLooks - looks);
    for (let at = 0; at < end; at += 1) {
      const one = inner[at];
      bytes += flatSize(one);
      if (isHolder(one)) waiting.push(one);
    }
    looks += end;
    unseen = inner.length - end;
  }
  // What was not looked at is taken to be like what was.
  return bytes + Math.ceil((bytes / mostLooks) * (unseen + waiting.length));
}

/** Of what keeps its values elsewhere than in fields, too. */
function innerOf(holder: object): readonly unknown[] {
  if (Array.isArray(holder)) return holder;
  const fields = Object.values(holder);
  if (holder instanceof Map) return [...holder.keys(), ...holder.values(), ...fields];
  if (holder instanceof Set) return [...holder, ...fields];
  if (isError(holder)) return [holder.message, holder.stack, holder.cause, ...fields];
  return fields;
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

function flatSize(value: unknown): number {
  if (typeof value === 'string') return value.length * 2;
  if (typeof value !== 'object' || value === null) return 8;
  // A view keeps all of what it is a view of.
  const { byteLength } = (ArrayBuffer.isView(value) ? value.buffer : value) as ByteHolder;
  return objectBytes + (typeof byteLength === 'number' ? byteLength : 0);
}
