import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../../src/core/contracts/counts.ts';
import { DropMemory } from '../../../src/shadow/mirror/drop-memory.ts';
import { recorder } from '../recorder.ts';

const dropOf = (reason: DropReason) => ({ lane: 'mirror', reason, tenant: 'acme' }) as const;

describe('the reason of a drop', () => {
  it('is the first since it was asked for, also where somebody was told and offered again', () => {
    const drops = new DropMemory(recorder([]));
    const outer = drops.forget();
    expect(drops.recall(outer)).toBeUndefined();
    const first = drops.forget();
    drops.emit('dropped', dropOf('count'));
    const second = drops.forget();
    drops.emit('dropped', dropOf('bytes'));
    expect(drops.recall(second)).toBe('bytes');
    drops.emit('dropped', dropOf('tenant'));
    expect(drops.recall(first)).toBe('count');
    expect(drops.recall(undefined)).toBeUndefined();
  });

  it('is asked for though nobody listens, and told to those who do', () => {
    const heard = recorder(['dropped']);
    const drops = new DropMemory(heard);
    expect([drops.wants('dropped'), drops.wants('learned')]).toEqual([true, false]);
    expect(drops.listeners).toBe(heard.listeners);
    drops.emit('dropped', dropOf('count'));
    drops.emit('delivery', { lane: 'mirror', state: 'stuck' });
    expect(heard.events).toEqual([{ type: 'dropped', ...dropOf('count') }]);
    const unheard = recorder(['delivery']);
    const quiet = new DropMemory(unheard);
    expect(quiet.wants('dropped')).toBe(true);
    quiet.emit('dropped', dropOf('count'));
    quiet.emit('delivery', { lane: 'mirror', state: 'stuck' });
    quiet.contained('pairs', new Error('broken'));
    expect(unheard.events).toEqual([{ type: 'delivery', lane: 'mirror', state: 'stuck' }]);
    expect(unheard.failures).toMatchObject([{ operation: 'pairs' }]);
    const reason = quiet.forget();
    expect(reason).toBe('count');
  });
});
