import { describe, expect, it, vi } from 'vitest';
import { jsonLinesText } from '../../src/router/replies/json-lines-text.ts';

describe('lines of JSON of no declared type', () => {
  it('are read no further than it takes to see that they are no events', () => {
    const parse = vi.spyOn(JSON, 'parse');
    expect(jsonLinesText('{"row":1}\n'.repeat(10_000))).toBeUndefined();
    expect(parse.mock.calls.length).toBeLessThan(20);
    parse.mockRestore();
  });

  it('are events whose first one is of no known format', () => {
    const thread = { event: 'thread.created', data: { object: 'thread' } };
    const delta = {
      object: 'thread.message.delta',
      delta: { content: [{ text: { value: 'hi' } }] },
    };
    const lines = [thread, { event: 'thread.message.delta', data: delta }];
    expect(jsonLinesText(lines.map((line) => JSON.stringify(line)).join('\n'))?.text).toBe('hi');
  });
});
