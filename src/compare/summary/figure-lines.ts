import type { CompareReport } from './compare-report.ts';
import { rateRow } from './excess-cells.ts';
import { heldLines } from './held-lines.ts';
import type { LegFigures } from './leg-figures.ts';
import { measureLabels } from './measure-labels.ts';
import { measureNames } from './pair-measures.ts';
import { plainText } from './plain-text.ts';
import { decimal, millis, percent, whole } from './report-numbers.ts';
import { textTable } from './text-table.ts';
import { lineChars } from './wrapped.ts';

/** Rows that a table of the text has, of however many there are. */
const mostRows = 5;

function shares(rates: CompareReport['verdicts'] | CompareReport['outcomes']): string {
  return Object.entries(rates)
    .filter(([, { count }]) => count > 0)
    .map(([name, { share }]) => `${name} ${percent(share)}`)
    .join(', ');
}

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

/** Where what is measured of pairs lies; none: no lines. */
function measureTable(report: CompareReport): string[] {
  const measured = measureNames.filter((name) => report[name].count > 0);
  if (measured.length === 0) return [];
  const rows = measured.map((name) => {
    const { p5, p50, p90, p99 } = report[name];
    return [measureLabels[name].label, ...[p5, p50, p90, p99].map(decimal)];
  });
  return textTable([['', 'p5', 'p50', 'p90', 'p99'], ...rows]);
}

/** What is told in a table of its own where there is noise. */
const plainLines = (report: CompareReport): string[] => [
  `Outcomes: ${shares(report.outcomes)}`,
  `Verdicts: ${shares(report.verdicts)}`,
  ...measureTable(report),
  ...errorLines(report.legs.candidate),
];

/** Outcomes, verdicts, what is measured, what of it is more than noise, and what the legs took and cost. */
export function figureLines(report: CompareReport): string[] {
  if (report.coverage.pairs === 0) return [];
  const { legs, currency, advisory, excess } = report;
  const money = currency === undefined ? '' : ` ${plainText(currency, 8)}`;
  return [
    ...(excess === undefined ? plainLines(report) : []),
    ...heldLines(report),
    ...(advisory > 0 ? [`${whole(advisory)} verdicts are by a judge that was not calibrated`] : []),
    ...textTable([
      ['', 'p50', 'p95', 'p99', 'tokens in + out', 'cost'],
      legRow('legacy', legs.legacy, money),
      legRow('candidate', legs.candidate, money),
    ]),
  ];
}

function errorLines({ errors }: LegFigures): string[] {
  if (errors.length === 0) return [];
  const told = errors.slice(0, mostRows).map(({ name, code, status, count }) => {
    const facts = [name, code, status].filter((fact) => fact !== undefined).join(' ');
    return `${plainText(facts)} × ${whole(count)}`;
  });
  return [`Errors of the candidate: ${told.join(', ')}`];
}

const nothing = '(none)';

/** Of what is not compared nothing is raised: who reads no diagnosis is to know of it. */
export function unknownToolLines({ toolsUnknown }: CompareReport): string[] {
  if (toolsUnknown.count === 0) return [];
  return [
    `Tools were not compared in ${percent(toolsUnknown.share)} of the pairs: one leg called some, and the other does not tell of its own. Give the route a \`view\` that gives \`toolCalls\`.`,
  ];
}

/** Where the tools differ, and where there is noise, how much more often than by it. */
export function toolLines({ tools, excess }: CompareReport): string[] {
  const other = tools.filter(({ legacy, candidate }) => legacy !== candidate).slice(0, mostRows);
  if (other.length === 0) return [];
  const rows = other.map(({ legacy, candidate, count, pairs }) => {
    const names = [plainText(legacy ?? nothing, 18), plainText(candidate ?? nothing, 18)];
    const more = excess?.tools.find(
      (cell) => cell.legacy === legacy && cell.candidate === candidate,
    );
    const held = more === undefined ? [] : rateRow('', pairs, more.noise, more.excess).slice(1);
    return [...names, whole(count), ...held];
  });
  const head = ['legacy', 'candidate', 'times'];
  const held = excess === undefined ? [] : ['of pairs', 'itself', 'excess'];
  return ['Other tools:', ...textTable([[...head, ...held], ...rows])];
}

/** Pairs to look at first. */
export function worstLines({ worst }: CompareReport): string[] {
  if (worst.length === 0) return [];
  const told = worst.slice(0, mostRows);
  const names = told.map(({ requestId, tenant, verdict, decidedBy }) => [
    plainText(requestId, 36),
    plainText(tenant, 18),
    `${verdict} by ${plainText(decidedBy, 12)}`,
  ]);
  const head = ['request', 'tenant', 'verdict'];
  // Notes have the room that is left of a line.
  const used = textTable([head, ...names]).map((line) => line.length);
  const room = lineChars - Math.max(...used) - 2;
  const rows = names.map((cells, at) => [
    ...cells,
    plainText(told[at]?.notes.join(' ') ?? '', room),
  ]);
  return ['Worst pairs:', ...textTable([[...head, 'notes'], ...rows])];
}

/** How the tenants do that have most exchanges. */
export function tenantLines({ tenants }: CompareReport): string[] {
  if (tenants.length < 2) return [];
  const rows = tenants
    .slice(0, mostRows)
    .map(({ tenant, coverage, verdicts, findings, daysInARow }) => [
      plainText(tenant ?? '(others)', 24),
      whole(coverage.wanted),
      percent(coverage.share),
      whole(verdicts.worse),
      whole(findings['wrong-answers'] ?? 0),
      `${daysInARow}`,
    ]);
  const head = ['tenant', 'exchanges', 'compared', 'worse', 'other answer', 'days'];
  const left = tenants.slice(mostRows);
  const named = left.filter(({ tenant }) => tenant !== undefined).length;
  const others = named < left.length ? ', and others' : '';
  return [
    ...textTable([head, ...rows]),
    ...(left.length > 0 ? [`  … and ${whole(named)} more${others}`] : []),
  ];
}
