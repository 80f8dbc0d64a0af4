import { formatReport } from 'engramia-cutover/report';
import type { Check } from './check.ts';
import { checksOf, type Outcome } from './checks.ts';
import { type Figures, waitsOf } from './phase-record.ts';
import { toldBy } from './ramp-checks.ts';
import { tenants } from './tenants.ts';
import type { Walked } from './walk.ts';
import { count, ms, percent } from './wording.ts';

interface Column {
  readonly title: string;
  readonly cell: (figures: Figures) => string;
}

const waits = (which: 'p50' | 'p99'): Column => ({
  title: `${which} ours/bare`,
  cell: ({ ours, bare }) => `${ms(ours[which])}/${ms(bare[which])}`,
});

const userColumns: readonly Column[] = [
  { title: 'calls', cell: ({ calls }) => count(calls) },
  { title: 'legacy', cell: ({ legs }) => count(legs.legacy) },
  { title: 'candidate', cell: ({ legs }) => count(legs.candidate) },
  { title: 'tenants', cell: ({ tenantsMoved }) => percent(tenantsMoved, tenants.length) },
  { title: 'traffic', cell: ({ legs, calls }) => percent(legs.candidate, calls) },
  { title: 'fallbacks', cell: ({ fallbacks }) => count(fallbacks) },
  { title: 'wrong', cell: ({ wrong }) => count(wrong) },
  waits('p50'),
  waits('p99'),
];

const shadowColumns: readonly Column[] = [
  { title: 'learned', cell: ({ learned }) => count(learned) },
  { title: 'deduplicated', cell: ({ deduplicated }) => count(deduplicated) },
  { title: 'dropped', cell: ({ dropped }) => count(dropped) },
  { title: 'failed', cell: ({ failed }) => count(failed) },
  { title: 'queue', cell: ({ queue }) => count(queue) },
  { title: 'mirrored', cell: ({ mirrored }) => count(mirrored) },
];

/** Rows of cells as lines: the first column to the left, the others to the right unless told. */
function aligned(
  rows: readonly (readonly string[])[],
  others: 'left' | 'right' = 'right',
): string[] {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const pad = (cell: string, at: number): string => {
    const width = widths?.[at] ?? 0;
    return at === 0 || others === 'left' ? cell.padEnd(width) : cell.padStart(width);
  };
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}

function phaseTable({ walked }: Outcome, columns: readonly Column[]): string[] {
  const head = ['phase', ...columns.map((column) => column.title)];
  const row = ({ name, figures }: Walked): string[] => [
    name,
    ...columns.map(({ cell }) => cell(figures)),
  ];
  return aligned([head, ...walked.map(row)]);
}

/** What the middleware costs: only calls that legacy answered ran the same handler in both apps. */
function costLine({ walked }: Outcome): string {
  const paired = walked
    .filter(({ figures }) => figures.fallbacks === 0 && figures.legs.candidate === 0)
    .flatMap(({ samples }) => samples);
  const ours = waitsOf(paired.map((sample) => sample.ms));
  const bare = waitsOf(paired.map((sample) => sample.bareMs));
  return (
    `Users while legacy serves everyone, ${count(paired.length)} pairs of calls: ` +
    `p50 ${ms(ours.p50)} ms against ${ms(bare.p50)} bare, p99 ${ms(ours.p99)} against ${ms(bare.p99)}.`
  );
}

/** Patterns held and learns stored, a tenant after the other, six a line. */
function memoryLines({ evidence, patternCounts, stored }: Outcome): string[] {
  if (evidence === undefined) {
    const [before = 0, after = 0] = patternCounts;
    return ['', `Patterns in the service: ${count(before)} before, ${count(after)} after.`];
  }
  const cells = [...evidence.patterns].map(
    ([tenant, held]) => `${tenant} ${held}/${stored.get(tenant) ?? 0}`,
  );
  const lines = Array.from({ length: Math.ceil(cells.length / 6) }, (_, line) =>
    cells.slice(line * 6, line * 6 + 6),
  );
  return [
    '',
    'Patterns in each tenant’s memory / learns stored for it:',
    ...lines.map(
      (line) =>
        `  ${line
          .map((cell) => cell.padEnd(16))
          .join('')
          .trimEnd()}`,
    ),
  ];
}

/** What the columns of the second table leave open. */
function queueLines({ walked, stats }: Outcome): string[] {
  const queued = walked.at(-1)?.figures.queue ?? 0;
  return [
    'Each row counts what ended during the phase. Failed: also timed out, aborted, or unknown.',
    `Queued after the last phase: ${count(queued)}. The close waited for them, and aborted ` +
      `${count(stats.learn.aborted)}.`,
  ];
}

/** What the candidate did otherwise, where flaws were planted in it. */
function reportLines({ walked }: Outcome): string[] {
  return walked.flatMap(({ name, report }) =>
    report === undefined
      ? []
      : [
          '',
          `Report of phase "${name}"`,
          ...formatReport(report)
            .trimEnd()
            .split('\n')
            .map((line) => `  ${line}`),
        ],
  );
}

/** The whole trail, an entry a line. */
function trailLines({ trail }: Outcome): string[] {
  const { entries, report } = trail;
  const row = (entry: (typeof entries)[number]): string[] => {
    const { before, after } = toldBy(entry);
    const move = after === undefined ? '' : `${before?.percent ?? '–'} → ${after.percent} %`;
    return [String(entry.seq), entry.actor, entry.kind, move, entry.reason];
  };
  const rows = [['', 'actor', 'entry', 'tenants', 'reason'], ...entries.map(row)];
  return [
    '',
    'The audit trail',
    ...aligned(rows, 'left').map((line) => `  ${line}`),
    `  head  ${report.head?.hash ?? 'none'}`,
  ];
}

const notShown = [
  'What this does not show: answers of real models, or a judge that is one; streams; a service',
  'behind a real network with its rate limits; more than one process. A ramp takes days, and its',
  'gates thousands of calls: times and limits are shortened here. Load, both apps and',
  'the service share one process here, so the milliseconds compare with each other and with nothing',
  'else; while the candidate serves, they differ by its model.',
];

const checkLine = ({ holds, says }: Check): string => `  ${holds ? 'ok    ' : 'BROKEN'}  ${says}`;

/** What the demo says at its end, and whether everything held. */
export function closingTable(outcome: Outcome): { lines: string[]; balanced: boolean } {
  const checks = checksOf(outcome);
  const balanced = checks.every(({ holds }) => holds);
  return {
    balanced,
    lines: [
      '',
      ...phaseTable(outcome, userColumns),
      '',
      ...phaseTable(outcome, shadowColumns),
      '',
      ...queueLines(outcome),
      costLine(outcome),
      ...memoryLines(outcome),
      ...reportLines(outcome),
      ...trailLines(outcome),
      '',
      'Balance',
      ...checks.map(checkLine),
      '',
      ...notShown,
      '',
      balanced ? 'Everything balances.' : 'Something does NOT balance.',
    ],
  };
}
