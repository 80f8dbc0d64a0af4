import { createHook } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';

it('leaves no async resource without an end by being loaded', async () => {
  const alive = new Set<number>();
  const hook = createHook({
    init: (id, type) => void (type === 'engramia-cutover.mirror' && alive.add(id)),
    destroy: (id) => void alive.delete(id),
  }).enable();
  const { MirrorTask } = await import('../../../src/shadow/mirror/mirror-task.ts');
  await nextTurn();
  expect(alive.size).toBe(0);
  const task = new MirrorTask(undefined);
  expect(alive.size).toBe(1);
  task.emitDestroy();
  await nextTurn();
  hook.disable();
  expect(alive.size).toBe(0);
});
