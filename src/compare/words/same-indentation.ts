const lineStart = /^[ \t]*(?=\S)/gm;

/** How deep each line stands that is not blank: in two columns or in four, or by tabs, is all the same. */
function depthsOf(text: string): number[] {
  const open: number[] = [];
  return Array.from(text.matchAll(lineStart), ([{ length }]) => {
    while ((open.at(-1) ?? 0) > length) open.pop();
    if (open.at(-1) !== length) open.push(length);
    return open.length;
  });
}

/**
 * Whether the lines of two texts of the same words are indented alike: in Python, YAML and lists of lists that says what belongs
 * to what. Where no line is indented, lines may break anywhere.
 */
export function haveSameIndentation(first: string, second: string): boolean {
  const [before, now] = [depthsOf(first), depthsOf(second)];
  if (![...before, ...now].some((depth) => depth > 1)) return true;
  return before.length === now.length && before.every((depth, line) => depth === now[line]);
}
