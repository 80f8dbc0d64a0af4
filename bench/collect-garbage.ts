import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { type: 'minor' }) => void;

function exposed(): Collect {
  if (globalThis.gc !== undefined) return globalThis.gc as Collect;
  // Test runners start without the flag.
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}

const collect = exposed();

/**
 * Collects what was allocated lately. A full collection also ages code: functions that sat out a few of them, while
 * other cases had their turns, lose their compiled code, and what is measured is then compiling.
 */
export function collectYoungGarbage(): void {
  collect({ type: 'minor' });
}

/** Collects everything: what has grown old, too. */
export function collectGarbage(): void {
  collect();
}

/** Bytes of the heap that something still refers to. */
export function retainedBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
