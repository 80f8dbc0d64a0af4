import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { emittedChanges } from '../../src/flags/emitted-changes.ts';

const changed = 'PROVIDER_CONFIGURATION_CHANGED';

function setUp() {
  const client = new EventEmitter();
  const heard: unknown[][] = [];
  const handler = (...details: unknown[]) => void heard.push(details);
  return { client, heard, handler, events: emittedChanges(client, 'update') };
}

describe('the changes of a client', () => {
  it('are heard under its own name for them, without its details', () => {
    const { client, heard, handler, events } = setUp();
    events.addHandler(changed, handler);
    client.emit('update', { key: 'cutover.chat' });
    client.emit('other');
    expect(heard).toEqual([[]]);
  });

  it('are heard once by whoever asked twice, and by nobody after one farewell', () => {
    const { client, heard, handler, events } = setUp();
    events.addHandler(changed, handler);
    events.addHandler(changed, handler);
    client.emit('update');
    expect(heard).toHaveLength(1);
    events.removeHandler(changed, handler);
    client.emit('update');
    expect(heard).toHaveLength(1);
    expect(client.listenerCount('update')).toBe(0);
    events.removeHandler(changed, handler);
    events.addHandler(changed, handler);
    client.emit('update');
    expect(heard).toHaveLength(2);
  });

  it('are all that can be heard', () => {
    const { client, handler, events } = setUp();
    events.addHandler('PROVIDER_READY', handler);
    expect(client.listenerCount('update')).toBe(0);
    events.addHandler(changed, handler);
    events.removeHandler('PROVIDER_READY', handler);
    expect(client.listenerCount('update')).toBe(1);
  });

  it('are told to others when one goes who never came', () => {
    const { client, heard, handler, events } = setUp();
    events.addHandler(changed, handler);
    events.removeHandler(changed, () => undefined);
    client.emit('update');
    expect(heard).toHaveLength(1);
  });
});
