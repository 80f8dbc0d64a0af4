import type { CompareReport } from './compare-report.ts';
import { gapOf } from './coverage-gap.ts';
import { plainText } from './plain-text.ts';
import { percent, whole } from './report-numbers.ts';
import type { TenantRow } from './tenant-rows.ts';

const isNamed = ({ tenant }: TenantRow): boolean => tenant !== undefined;

/** Whether a tenant was to be compared and never was. */
const isSilent = (row: TenantRow): boolean =>
  isNamed(row) && row.coverage.pairs === 0 && gapOf(row.coverage).count > 0;

/** Those that have a row, and whether there are more. */
function tenantsOf(tenants: readonly TenantRow[]): string {
  const named = tenants.filter(isNamed).length;
  return `${whole(named)} ${named === 1 ? 'tenant' : 'tenants'}${named < tenants.length ? ' and others' : ''}`;
}

/** The gap between "the shadow is on" and "the shadow ran"; none: no lines. */
export function gapLines({ coverage, tenants, volume }: CompareReport): string[] {
  const { wanted, sampledOut, pairs, unaccounted } = coverage;
  const gap = gapOf(coverage);
  if (gap.count === 0) return [];
  const due = Math.max(wanted, wanted - unaccounted) - sampledOut;
  const ran = `ran for ${whole(pairs)} of them (${percent(coverage.share)})`;
  const lines = [`GAP: the shadow was on for ${whole(due)} exchanges and ${ran}: ${gap.reasons}.`];
  const silent = tenants.filter(isSilent);
  if (silent.length > 0) {
    const names = silent.slice(0, 5).map(({ tenant }) => plainText(tenant ?? ''));
    lines.push(
      `  It never ran for ${whole(silent.length)} of ${tenantsOf(tenants)}: ${names.join(', ')}${silent.length > 5 ? ', …' : ''}.`,
    );
  }
  if (volume.empty.length > 0)
    lines.push(`  It was on and never ran on ${volume.empty.join(', ')}.`);
  return lines;
}

/** How much was compared, and how that adds up. */
export function coverageLines({ coverage, noise, volume, tenants }: CompareReport): string[] {
  const { wanted, pairs, sampledOut, skipped, dropped, failed, unaccounted } = coverage;
  const parts = {
    compared: pairs,
    'sampled out': sampledOut,
    skipped,
    dropped,
    failed,
    unaccounted,
  };
  const sum = Object.entries(parts)
    .filter(([name, count]) => count !== 0 || name === 'compared')
    .map(([name, count]) => `${whole(count)} ${name}`)
    .join(' + ');
  const { first, last, inARow, asked } = volume;
  const span = first === undefined ? '' : `, ${first} to ${last}`;
  const enough = inARow >= asked ? 'enough' : `${whole(asked - inARow)} more to go`;
  return [
    `Exchanges: ${whole(wanted)} = ${sum}; ${tenantsOf(tenants)}${span}.`,
    `Days of volume in a row: ${inARow} of ${asked} (${enough}). Noise pairs: ${whole(noise.coverage.pairs)}.`,
  ];
}
