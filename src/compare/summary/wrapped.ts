/** Characters of a line that fit most terminals. */
export const lineChars = 100;

/** By how much more than the first the further lines are indented, and by how much at most. */
const [further, mostIndent] = [6, 40];

/** Where a line ends at the latest: at its last space that fits, or within a word that is longer than a line. */
function endOf(line: string): number {
  const space = line.lastIndexOf(' ', lineChars);
  return line.slice(0, Math.max(0, space)).trim() === '' ? lineChars : space;
}

/** A line as lines that fit, the further ones indented. */
export function wrapped(line: string): string[] {
  const first = line.length - line.trimStart().length;
  // Indents are bounded, so that each line takes something of the text with it.
  const indent = ' '.repeat(Math.min(first, mostIndent) + further);
  const lines: string[] = [];
  let rest = first > mostIndent ? indent + line.trimStart() : line;
  while (rest.length > lineChars) {
    const end = endOf(rest);
    lines.push(rest.slice(0, end));
    rest = indent + rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
