import { AsyncLocalStorage } from 'node:async_hooks';
import { spawnSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { fileURLToPath } from 'node:url';
import type { CutoverEvent, CutoverEventType } from 'engramia-cutover';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventChannels } from '../../src/core/events/event-channels.ts';
import { EventHub } from '../../src/core/events/event-hub.ts';
import { Warnings } from '../../src/core/events/warnings.ts';
import { systemClock } from '../../src/core/time/clock.ts';
import { chat, nextTurn } from '../router/world.ts';

const types = Object.keys(eventChannels) as CutoverEventType[];
const child = fileURLToPath(new URL('./event-channels.child.ts', import.meta.url));

/** Subscribes until the test ends. */
function listen(type: CutoverEventType, told: (event: CutoverEvent, name: string) => void): void {
  const subscriber = (event: unknown, name: string | symbol): void =>
    told(event as CutoverEvent, String(name));
  subscribe(`engramia-cutover:${type}`, subscriber);
  onTestFinished(() => void unsubscribe(`engramia-cutover:${type}`, subscriber));
}

const hub = (): EventHub => new EventHub(new Warnings({ warn: () => undefined }, systemClock));

interface Outcome {
  readonly replies: string[];
  readonly asked: number;
  readonly warnings: string[];
}

function runChild(mode: string): { outcome: Outcome | undefined; stderr: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [child, mode], { encoding: 'utf8' });
  return { outcome: stdout === '' ? undefined : (JSON.parse(stdout) as Outcome), stderr };
}

describe('the channels of events', () => {
  it.each(types)('tell "%s" as listeners get it', async (type) => {
    const reporter = hub();
    const told: unknown[] = [];
    listen(type, (event, name) => told.push([name, event]));
    const facts = { route: 'chat', tenant: 'acme' };
    reporter.emit(type, facts as never);
    await nextTurn();
    expect(told).toEqual([[`engramia-cutover:${type}`, { type, ...facts }]]);
  });

  it.each(types)('make nobody want "%s" until somebody subscribes, nor after', (type) => {
    const reporter = hub();
    const wanted = (): unknown => [reporter.wants(type), reporter.listeners[type]];
    const told = (): void => undefined;
    expect(wanted()).toEqual([false, 0]);
    subscribe(`engramia-cutover:${type}`, told);
    expect(wanted()).toEqual([true, 1]);
    unsubscribe(`engramia-cutover:${type}`, told);
    expect(wanted()).toEqual([false, 0]);
  });

  it('tell of a call what its listeners are told, in the order in which it happened', async () => {
    const { handler } = chat('live', { candidate: () => Promise.reject(new Error('planted')) });
    const [heard, told]: [unknown[], unknown[]] = [[], []];
    for (const type of ['decided', 'fallback', 'served'] as const) {
      handler.on(type, (event) => void heard.push(event));
      listen(type, (event) => void told.push(event));
    }
    await handler.run(['u', 'one'], { requestId: 'request-1' });
    await nextTurn();
    expect(told).toHaveLength(3);
    expect(told).toEqual(heard);
    expect(told).toMatchObject([{ type: 'decided' }, { type: 'fallback' }, { type: 'served' }]);
  });

  it('are told only after the caller has its reply, whoever takes his time', async () => {
    const { handler } = chat('live');
    const order: string[] = [];
    listen('decided', () => order.push('decided'));
    listen('served', () => order.push('served'));
    await handler('u', 'one');
    order.push('reply');
    await nextTurn();
    expect(order).toEqual(['reply', 'decided', 'served']);
  });

  it('are told in the async context of the call', async () => {
    const { handler } = chat('live');
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    listen('served', () => seen.push(storage.getStore()));
    await Promise.all(['a', 'b'].map((user) => storage.run(user, () => handler(user, 'one'))));
    await nextTurn();
    expect(seen).toEqual(['a', 'b']);
    expect(storage.getStore()).toBeUndefined();
  });

  it('are not told to who unsubscribes before the turn is over', async () => {
    const { handler } = chat('live');
    const told: unknown[] = [];
    const subscriber = (event: unknown): void => void told.push(event);
    subscribe('engramia-cutover:served', subscriber);
    await handler('u', 'one');
    unsubscribe('engramia-cutover:served', subscriber);
    await nextTurn();
    expect(told).toEqual([]);
  });

  it('let a subscriber throw or reject without any harm to the process or its users', () => {
    const { outcome, stderr } = runChild('contained');
    expect(stderr).toBe('');
    expect(outcome).toMatchObject({ replies: ['candidate: one', 'legacy: two'], asked: 7 });
    expect(outcome?.warnings).toEqual([
      'engramia-cutover: [listener] A listener of "decided" failed: Error.',
    ]);
  });

  it('would end the process if they left that to Node', () => {
    const { outcome, stderr } = runChild('bare');
    expect(outcome).toBeUndefined();
    expect(stderr).toContain('a secret of the subscriber');
  });
});

describe('a listener', () => {
  it('can be had for events alone, not for what else objects have', () => {
    const { handler } = chat('off');
    expect(() => handler.on('toString' as never, () => undefined)).toThrow(/is not an event/);
  });
});
