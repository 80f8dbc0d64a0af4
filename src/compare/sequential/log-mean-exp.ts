/**
 * The logarithm of the mean of numbers that are given by their logarithms: none overflows on the way. The mean of e-values is
 * an e-value, so this also joins the evidence of independent strata. NaN for none.
 */
export function logMeanExp(logs: readonly number[]): number {
  const most = Math.max(...logs);
  if (!Number.isFinite(most)) return logs.length === 0 ? Number.NaN : most;
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - most);
  return most + Math.log(sum / logs.length);
}
