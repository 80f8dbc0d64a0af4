/** Characters of a line that fit most terminals. */
export const lineChars = 100;

/** Where a line ends at the latest: at its last space that fits, or within a word that is longer than a line. */
function endOf(rest: string, indent: number): number {
  const space = rest.lastIndexOf(' ', lineChars);
  return space > indent ? space : lineChars;
}

/** A line as lines that fit, the further ones indented by six more than the first. */
export function wrapped(line: string): string[] {
  const first = line.length - line.trimStart().length;
  const lines: string[] = [];
  let rest = line;
  for (let indent = first; rest.length > lineChars; indent = first + 6) {
    const end = endOf(rest, indent);
    lines.push(rest.slice(0, end));
    rest = ' '.repeat(first + 6) + rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
