import type { CompareReport } from './compare-report.ts';
import type { Distribution } from './distribution.ts';
import type { LegFigures } from './leg-figures.ts';
import { plainText } from './plain-text.ts';
import { decimal, millis, percent, whole } from './report-numbers.ts';
import { textTable } from './text-table.ts';

const most = 5;

function shares(rates: CompareReport['verdicts'] | CompareReport['outcomes']): string {
  return Object.entries(rates)
    .filter(([, { count }]) => count > 0)
    .map(([name, { share }]) => `${name} ${percent(share)}`)
    .join(', ');
}

const spread = (name: string, { p5, p50, p95 }: Distribution): string[] => [
  name,
  decimal(p5),
  decimal(p50),
  decimal(p95),
];

function legRow(name: string, { latency, tokens }: LegFigures, currency: string): string[] {
  return [
    name,
    ...[latency.p50, latency.p95, latency.p99].map(millis),
    tokens.replies === 0 ? '–' : `${whole(tokens.input)} + ${whole(tokens.output)}`,
    tokens.cost === undefined || tokens.replies === 0
      ? '–'
      : `${tokens.cost.toFixed(2)}${currency}`,
  ];
}

/** Outcomes, verdicts, distributions, and what the legs took and cost. */
export function figureLines(report: CompareReport): string[] {
  if (report.coverage.pairs === 0) return [];
  const { legs, noise, currency, advisory } = report;
  const money = currency === undefined ? '' : ` ${plainText(currency, 8)}`;
  const isNoisy = noise.coverage.pairs > 0;
  return [
    `Outcomes: ${shares(report.outcomes)}`,
    `Verdicts: ${shares(report.verdicts)}`,
    ...(isNoisy ? [`  legacy against itself: ${shares(noise.verdicts)}`] : []),
    ...(advisory > 0 ? [`  ${whole(advisory)} of them by a judge that was not calibrated`] : []),
    ...textTable([
      ['', 'p5', 'p50', 'p95'],
      spread('length, × legacy', report.lengthRatio),
      ...(isNoisy ? [spread('  legacy against itself', noise.lengthRatio)] : []),
      spread('similarity', report.similarity),
      ...(isNoisy ? [spread('  legacy against itself', noise.similarity)] : []),
    ]),
    ...textTable([
      ['', 'p50', 'p95', 'p99', 'tokens in + out', 'cost'],
      legRow('legacy', legs.legacy, money),
      legRow('candidate', legs.candidate, money),
    ]),
    ...errorLines(legs.candidate),
  ];
}

function errorLines({ errors }: LegFigures): string[] {
  if (errors.length === 0) return [];
  const told = errors.slice(0, most).map(({ name, code, status, count }) => {
    const facts = [name, code, status].filter((fact) => fact !== undefined).join(' ');
    return `${plainText(facts)} × ${whole(count)}`;
  });
  return [`Errors of the candidate: ${told.join(', ')}`];
}

const nothing = '(none)';

/** Where the tools differ. */
export function toolLines({ tools }: CompareReport): string[] {
  const other = tools.filter(({ legacy, candidate }) => legacy !== candidate).slice(0, most);
  if (other.length === 0) return [];
  const rows = other.map(({ legacy, candidate, count }) => [
    plainText(legacy ?? nothing),
    plainText(candidate ?? nothing),
    whole(count),
  ]);
  return ['Other tools:', ...textTable([['legacy', 'candidate', 'times'], ...rows])];
}

/** Pairs to look at first. */
export function worstLines({ worst }: CompareReport): string[] {
  if (worst.length === 0) return [];
  const rows = worst
    .slice(0, most)
    .map(({ requestId, tenant, verdict, decidedBy, notes }) => [
      plainText(requestId),
      plainText(tenant, 24),
      `${verdict} by ${plainText(decidedBy, 24)}`,
      plainText(notes.join(' '), 40),
    ]);
  return ['Worst pairs:', ...textTable([['request', 'tenant', 'verdict', 'notes'], ...rows])];
}

/** How the tenants do that have most exchanges. */
export function tenantLines({ tenants }: CompareReport): string[] {
  if (tenants.length < 2) return [];
  const rows = tenants
    .slice(0, most)
    .map(({ tenant, coverage, verdicts, findings, daysInARow }) => [
      plainText(tenant ?? '(others)', 24),
      whole(coverage.wanted),
      percent(coverage.share),
      whole(verdicts.worse),
      whole(findings['wrong-answers'] ?? 0),
      `${daysInARow}`,
    ]);
  const head = ['tenant', 'exchanges', 'compared', 'worse', 'other answer', 'days'];
  const rest = tenants.length - most;
  return [...textTable([head, ...rows]), ...(rest > 0 ? [`  … and ${whole(rest)} more`] : [])];
}
