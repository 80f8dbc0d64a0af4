import type { Figures, Waits } from './phase-record.ts';
import { tenants } from './tenants.ts';

/** Milliseconds with one decimal. */
export const ms = (value: number): string => value.toFixed(1);

/** A part of a whole in percent. */
export const percent = (part: number, whole: number): string =>
  `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;

/** A number with the separators that make thousands readable. */
export const count = (value: number): string => value.toLocaleString('en-US');

const beside = (which: keyof Waits, { ours, bare }: Figures): string =>
  `${which} ${ms(ours[which])} ms (bare ${ms(bare[which])})`;

const movedTenants = ({ tenantsMoved }: Figures): string =>
  `${percent(tenantsMoved, tenants.length)} of tenants (${tenantsMoved} of ${tenants.length})`;

const movedTraffic = ({ legs, calls }: Figures): string =>
  `${percent(legs.candidate, calls)} of traffic`;

/** What the shadow has done, in a line. */
function shadowLine(figures: Figures, patterns: number | undefined): string {
  const { learned, deduplicated, dropped, failed, queue, mirrored } = figures;
  const stored = patterns === undefined ? '' : `, patterns stored ${count(patterns)}`;
  return (
    `learned ${learned}, deduplicated ${deduplicated}, dropped ${dropped}, failed ${failed}, ` +
    `queue ${queue}${stored}, mirrored ${mirrored}`
  );
}

/** A phase in three lines. */
export function phaseLines(figures: Figures, patterns: number | undefined): string[] {
  const { calls, errors, wrong, fallbacks } = figures;
  return [
    `candidate  ${movedTenants(figures)}, ${movedTraffic(figures)}, fallbacks ${fallbacks}`,
    `users      ${calls} calls, ${errors} errors, ${wrong} wrong answers, ${beside('p50', figures)}, ${beside('p99', figures)}`,
    `shadow     ${shadowLine(figures, patterns)}`,
  ];
}
