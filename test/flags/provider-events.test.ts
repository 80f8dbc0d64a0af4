import { describe, expect, it } from 'vitest';
import { ProviderEvents } from '../../src/flags/provider-events.ts';

describe('what a built-in provider tells', () => {
  it('reaches all who listen to it, and nobody else', () => {
    const events = new ProviderEvents();
    const heard: unknown[] = [];
    const hear = (name: string) => (details: unknown) => void heard.push([name, details]);
    const first = hear('first');
    events.addHandler('PROVIDER_ERROR', first);
    events.addHandler('PROVIDER_ERROR', first);
    events.addHandler('PROVIDER_ERROR', hear('second'));
    events.addHandler('PROVIDER_READY', hear('other'));
    events.emit('PROVIDER_ERROR', { message: 'broken' });
    expect(heard).toEqual([
      ['first', { message: 'broken' }],
      ['second', { message: 'broken' }],
    ]);
    events.removeHandler('PROVIDER_ERROR', first);
    events.removeHandler('PROVIDER_CONFIGURATION_CHANGED', first);
    events.emit('PROVIDER_ERROR');
    events.emit('PROVIDER_CONFIGURATION_CHANGED');
    expect(heard.slice(2)).toEqual([['second', {}]]);
  });

  it('reaches the others when one throws, goes or comes in the middle', () => {
    const events = new ProviderEvents();
    const heard: string[] = [];
    const late = (): void => void heard.push('late');
    events.addHandler('PROVIDER_READY', () => {
      events.addHandler('PROVIDER_READY', late);
      throw new Error('broken');
    });
    events.addHandler('PROVIDER_READY', () => void heard.push('second'));
    events.emit('PROVIDER_READY');
    expect(heard).toEqual(['second']);
  });
});
