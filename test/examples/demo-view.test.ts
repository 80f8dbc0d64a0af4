import type { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { createView } from '../../examples/demo/view.ts';

/** What is written to a terminal of the given kind while a block is drawn twice. */
function written(isTTY: boolean, terminal: string | undefined, columns = 80): string {
  let text = '';
  const out = { isTTY, columns, write: (more: string) => (text += more) };
  const view = createView(out as unknown as WriteStream, terminal);
  view.show(['a line of the block']);
  view.say('a line that stays');
  return text;
}

describe('the view of the demo', () => {
  it('draws its block anew in a terminal', () => {
    expect(written(true, 'xterm')).toContain('\u001b[1A\u001b[J');
    expect(written(true, undefined)).toContain('a line of the block');
  });

  it('cuts the block to a narrow terminal, so that no line of it wraps', () => {
    expect(written(true, 'xterm', 8)).toMatch(/^a line \n/);
  });

  it.each<[boolean, string | undefined]>([
    [false, 'xterm'],
    [false, undefined],
    [true, 'dumb'],
  ])('prints plain lines without escape sequences: terminal %s, TERM %s', (isTTY, terminal) => {
    expect(written(isTTY, terminal)).toBe('a line that stays\n');
  });
});
