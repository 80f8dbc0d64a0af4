/** The day of UTC of a moment in milliseconds since the epoch: `2026-01-31`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
