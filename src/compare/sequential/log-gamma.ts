/** Stirling's series: the Bernoulli numbers B(2k) over 2k(2k − 1). From 15 on its eighth term is below 1e-17. */
const series = [
  1 / 12,
  -1 / 360,
  1 / 1_260,
  -1 / 1_680,
  1 / 1_188,
  -691 / 360_360,
  1 / 156,
  -3_617 / 122_400,
];

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** ln Γ(x) for x above 0; infinite for 0, NaN below. Exact to about 1e-15, absolute or of the value. */
export function logGamma(x: number): number {
  if (x === 0) return Number.POSITIVE_INFINITY;
  if (!(x > 0)) return Number.NaN;
  let shifted = x;
  let product = 1;
  // Γ(x) = Γ(x + 1) / x, up to where the series is exact.
  for (; shifted < 15; shifted += 1) product *= shifted;
  const inverse = 1 / (shifted * shifted);
  let sum = 0;
  for (const term of series.toReversed()) sum = sum * inverse + term;
  return (
    (shifted - 0.5) * Math.log(shifted) - shifted + halfLogTwoPi + sum / shifted - Math.log(product)
  );
}
