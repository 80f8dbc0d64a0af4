/** Blanks that may stand for each other, with what editors and browsers make of them. */
const isBlankUnit = (unit: number): boolean =>
  unit === 0x20 ||
  (unit >= 0x09 && unit <= 0x0d) ||
  unit === 0xa0 ||
  unit === 0x3000 ||
  (unit >= 0x2000 && unit <= 0x200a) ||
  unit === 0x2028 ||
  unit === 0x2029 ||
  unit === 0x202f ||
  unit === 0xfeff;

/** The place of the next unit that is no blank. */
function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlankUnit(text.charCodeAt(at))) at += 1;
  return at;
}

/** Whether two texts are equal but for how much white space stands where there is some. Ends at the first difference. */
export function equalTexts(first: string, second: string): boolean {
  if (first === second) return true;
  let i = skipBlanks(first, 0);
  let j = skipBlanks(second, 0);
  while (i < first.length && j < second.length) {
    if (first.charCodeAt(i) !== second.charCodeAt(j)) return false;
    const [nextI, nextJ] = [skipBlanks(first, i + 1), skipBlanks(second, j + 1)];
    const [isGapI, isGapJ] = [nextI > i + 1, nextJ > j + 1];
    // Blanks at the end are none.
    const isEnd = nextI === first.length && nextJ === second.length;
    if (isGapI !== isGapJ && !isEnd) return false;
    i = nextI;
    j = nextJ;
  }
  return i === first.length && j === second.length;
}
