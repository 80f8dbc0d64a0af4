/** What an object or array takes besides what it holds. */
const objectBytes = 64;

/** Values looked at; what is beyond them is charged as if it were like these. */
const mostLooks = 10_000;

/**
 * Bytes that a value retains, by a walk that ends: texts at two bytes a unit, bytes as they are, everything else at a
 * flat rate. Reads own values, so it is only for copies of ours, never for what belongs to a caller.
 */
export function retainedSize(value: unknown): number {
  const waiting: unknown[] = [value];
  let bytes = 0;
  for (let looks = 0; waiting.length > 0 && looks < mostLooks; looks += 1) {
    const next = waiting.pop();
    bytes += flatSize(next);
    if (typeof next === 'object' && next !== null && !ArrayBuffer.isView(next)) {
      for (const inner of Object.values(next)) waiting.push(inner);
    }
  }
  // What was not looked at is taken to be like what was.
  return bytes + Math.ceil((bytes / mostLooks) * waiting.length);
}

function flatSize(value: unknown): number {
  if (typeof value === 'string') return value.length * 2;
  if (typeof value !== 'object' || value === null) return 8;
  const { byteLength } = value as { byteLength?: unknown };
  return objectBytes + (typeof byteLength === 'number' ? byteLength : 0);
}
