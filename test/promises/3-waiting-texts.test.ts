import { setImmediate as nextTurn } from 'node:timers/promises';
import { createCutoverHandler, type RunInit, type Subject, shadowSafe } from 'engramia-cutover';
import { type FlagProvider, memoryFlags } from 'engramia-cutover/flags';
import { expect, it } from 'vitest';
import { bytesInUse } from '../shadow/collect-garbage.ts';
import { instantTarget } from '../shadow/instant-target.ts';

const calls = 200;
const bodyBytes = 100_000;
const body = Buffer.alloc(bodyBytes, '.');

/** A text that was cut from a body of its own. */
function cut(index: number): string {
  body.write(`text-${String(index).padStart(32, '0')}`);
  return body.toString('latin1').slice(0, 37);
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await nextTurn();
}

/** A handler whose mirrors never end. */
const waiting = <A extends unknown[]>(identify: (...args: A) => Subject) =>
  createCutoverHandler({
    name: 'chat',
    legacy: async (..._args: A) => 'legacy answers',
    candidate: shadowSafe((_context: unknown, ..._args: A) => new Promise<string>(() => undefined)),
    identify,
    flags: memoryFlags('shadow'),
    shadow: { mirror: { tenantShare: 1 } },
  });

interface Shape {
  readonly args?: unknown[];
  readonly subject?: Partial<Subject>;
  readonly init?: RunInit;
}

const shapes: Readonly<Record<string, (text: string) => Shape>> = {
  'its task': (task) => ({ subject: { task } }),
  'its conversation': (conversation) => ({ subject: { conversation } }),
  'its attributes': (plan) => ({ subject: { attributes: { plan } } }),
  'a subject without a prototype': (task) => ({
    subject: Object.assign(Object.create(null), { tenant: 'acme', task }),
  }),
  'its request id': (requestId) => ({ init: { requestId } }),
  'its arguments': (text) => ({ args: [text, 1] }),
  'a field of its argument': (text) => ({ args: [{ text }] }),
  'a list that is its argument': (text) => ({ args: [[text]] }),
};

it.each(Object.keys(shapes))(
  'Promise 3 (boundedness): a mirror that waits keeps of %s the text alone',
  async (name) => {
    let subject: Subject = { task: '' };
    const handler = waiting((..._args: unknown[]) => subject);
    const before = bytesInUse();
    for (let index = 0; index < calls; index += 1) {
      const shape = shapes[name]?.(cut(index)) ?? {};
      const given = { tenant: 'acme', task: 'What is it?', ...shape.subject };
      subject = name.startsWith('a subject') ? (shape.subject as Subject) : given;
      await handler.run(shape.args ?? ['x'], shape.init);
    }
    subject = { task: '' };
    await turns();
    expect(handler.stats().mirror).toMatchObject({ pending: calls });
    expect(bytesInUse() - before).toBeLessThan((calls * bodyBytes) / 10);
  },
);

it('Promise 3 (boundedness): a lesson that waits keeps of its request id the text alone', async () => {
  const target = instantTarget({ readyInMs: () => 60_000 });
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (_text: string) => 'legacy answers',
    candidate: async () => 'the candidate answers',
    identify: () => ({ tenant: 'acme', task: 'What is it?' }),
    flags: memoryFlags('dualwrite'),
    engramia: { targetOf: () => target, clientOf: () => undefined },
    shadow: { learn: { tenantShare: 1 } },
  });
  const before = bytesInUse();
  for (let index = 0; index < calls; index += 1) {
    await handler.run(['x'], { requestId: cut(index) });
  }
  await turns();
  expect(handler.stats().learn).toMatchObject({ pending: calls });
  expect(bytesInUse() - before).toBeLessThan((calls * bodyBytes) / 10);
});

it('Promise 3 (boundedness): a flag that never comes keeps of who waited for it the name alone', async () => {
  const flags = {
    metadata: { name: 'hanging' },
    resolveStringEvaluation: () => new Promise<never>(() => undefined),
  } as unknown as FlagProvider;
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (_tenant: string) => 'legacy answers',
    candidate: async () => 'the candidate answers',
    identify: (tenant) => ({ tenant, task: 'What is it?' }),
    flags,
    decideTimeoutMs: 1,
  });
  const before = bytesInUse();
  for (let index = 0; index < calls; index += 1) await handler(cut(index));
  await turns();
  expect(bytesInUse() - before).toBeLessThan((calls * bodyBytes) / 10);
  expect(handler.stats().routes.chat?.undecided.flag).toBe(calls);
});

it('Promise 3 (boundedness): a mirror that waits is charged for a task that is no argument', async () => {
  const handler = waiting((id: string) => ({ tenant: 'acme', task: id + '中'.repeat(500_000) }));
  for (let call = 0; call < 40; call += 1) {
    await handler(`call-${call}`);
    for (let turn = 0; turn < 4; turn += 1) await nextTurn();
  }
  const { pending, bytes } = handler.stats().mirror;
  // A megabyte each, of sixteen.
  expect(pending).toBeLessThanOrEqual(17);
  expect(bytes).toBeGreaterThanOrEqual(pending * 1_000_000);
});
