import { dayMs, hourMs, minuteMs } from '../../core/time/spans.ts';
import type { EvidenceSource } from './gate.ts';

/** A difference of rates as people say it: `+0.4 pp`. */
export function inPoints(difference: number): string {
  const points = difference * 100;
  const shown = (Math.abs(points) < 0.05 ? 0 : points).toFixed(1);
  return `${points >= 0.05 ? '+' : ''}${shown} pp`;
}

/** A share as people say it: `4.2 %`. */
export function inPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A number of which two digits are known, rounded up: 308 is about 310. */
export function aboutNumber(count: number): string {
  if (count < 100) return String(Math.ceil(count));
  const scale = 10 ** (Math.floor(Math.log10(count)) - 1);
  return String(Math.ceil(count / scale) * scale);
}

const units = [
  { name: 's', ms: 1_000, upTo: 90_000 },
  { name: 'min', ms: minuteMs, upTo: 90 * minuteMs },
  { name: 'h', ms: hourMs, upTo: 48 * hourMs },
  { name: 'days', ms: dayMs, upTo: Number.POSITIVE_INFINITY },
] as const;

/** A time of which the size is known: `3 h`. */
export function aboutTime(ms: number): string {
  const unit = units.find(({ upTo }) => ms < upTo) ?? units[3];
  return `${Math.max(1, Math.round(ms / unit.ms))} ${unit.name}`;
}

/** What a gate with this source counts. */
export const countedAs: Readonly<Record<EvidenceSource, string>> = {
  pairs: 'pairs',
  'live-pairs': 'live pairs',
  served: 'calls',
  probe: 'answers',
  attested: 'attestations',
};

/** On what a pass rests that is kept, where all that came since would no longer show it. */
export function byTheFirst(
  passedAt: number | undefined,
  { logEvidence, enough }: { readonly logEvidence: number; readonly enough: number },
): string {
  return passedAt === undefined || logEvidence >= enough ? '' : ` by the first ${passedAt} of them`;
}
