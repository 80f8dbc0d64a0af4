/** Controls, and what turns, hides or separates text: a name from outside must not write on a terminal what it likes. */
const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** A text from outside as a terminal may show it, cut to some code points. */
export function plainText(text: string, max = 48): string {
  const points = [...text.replace(unprintable, '')];
  return points.length <= max ? points.join('') : `${points.slice(0, max - 1).join('')}…`;
}
