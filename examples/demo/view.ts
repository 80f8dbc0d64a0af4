import type { WriteStream } from 'node:tty';

/** Where the demo shows itself: lines that stay, and below them in a terminal a block that is drawn anew. */
export interface View {
  /** Whether `show` shows anything. */
  readonly isLive: boolean;
  /** Prints a line that stays. */
  say(line?: string): void;
  /** Draws the block in the place of the last one. */
  show(block: readonly string[]): void;
}

// What is printed came over HTTP or from callbacks: an escape sequence in it must not reach the terminal.
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');

/** Plain lines, for a pipe or a file. */
function plainView(out: NodeJS.WritableStream): View {
  return {
    isLive: false,
    say: (line = '') => void out.write(`${printable(line)}\n`),
    show: () => undefined,
  };
}

/** Lines and a block, for a terminal. */
function liveView(out: WriteStream): View {
  let block: readonly string[] = [];
  let drawn = 0;
  // Cut to the terminal's width: a line that wraps would be two to move over.
  const cut = (line: string): string => printable(line).slice(0, (out.columns || 80) - 1);
  const clear = (): string => (drawn > 0 ? `\u001b[${drawn}A\u001b[J` : '');
  const draw = (above: string): void => {
    const lines = block.map((line) => `${cut(line)}\n`);
    out.write(`${clear()}${above}${lines.join('')}`);
    drawn = lines.length;
  };
  return {
    isLive: true,
    say: (line = '') => draw(`${printable(line)}\n`),
    show: (lines) => {
      block = lines;
      draw('');
    },
  };
}

/** The view that fits where the output goes: a terminal that knows no escape sequences would print them. */
export function createView(out: WriteStream, terminal = process.env.TERM): View {
  return out.isTTY && terminal !== 'dumb' ? liveView(out) : plainView(out);
}
