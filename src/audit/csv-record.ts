import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import { orAsItIs } from './as-it-is.ts';

/** How a field is written into a cell and read from it. */
interface Cell {
  readonly write: (value: unknown) => string;
  readonly read: (text: string) => unknown;
}

/** A spreadsheet takes these for the beginning of a formula, the wide ones too; an apostrophe says that it is text. */
const formula = /^[=+\-@\t\r\n'|%＝＋－＠]/;

const text: Cell = {
  write: (value) => (formula.test(String(value)) ? `'${value}` : String(value)),
  read: (cell) => (cell.startsWith("'") ? cell.slice(1) : cell),
};

const json: Cell = {
  write: (value) => text.write(orAsItIs(() => canonicalJson(value), value)),
  read: (cell) => JSON.parse(String(text.read(cell))),
};

const cells: Readonly<Record<keyof AuditEntry, Cell>> = {
  seq: json,
  at: json,
  kind: text,
  rollout: text,
  actor: text,
  reason: text,
  tenant: text,
  before: json,
  after: json,
  evidence: json,
  previous: text,
  hash: text,
};

/** The columns in their order. */
export const csvColumns = Object.keys(cells) as (keyof AuditEntry)[];

const mustBeThere: ReadonlySet<string> = new Set(['reason']);

const quoted = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** One entry as a record, with its end of line. An absent field is an empty cell. */
export function toCsvRecord(entry: AuditEntry): string {
  const record = csvColumns.map((name) => {
    const value = entry[name];
    return value === undefined ? '' : quoted(cells[name].write(value));
  });
  return `${record.join(',')}\r\n`;
}

/** The entry that a record holds; undefined for one that holds none. Its hash is not looked at. */
export function fromCsvRecord(record: readonly string[]): AuditEntry | undefined {
  if (record.length !== csvColumns.length) return undefined;
  try {
    const fields = csvColumns.flatMap((name, column) => {
      const cell = record[column] ?? '';
      return cell === '' && !mustBeThere.has(name) ? [] : [[name, cells[name].read(cell)]];
    });
    return Object.fromEntries(fields);
  } catch {
    return undefined;
  }
}
