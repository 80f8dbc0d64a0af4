import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import { sealOf } from './chain-entry.ts';
import { isAuditEntry } from './entry-shape.ts';

/** What stands at one place of a trail: an entry that has its own hash, or something else. */
export interface Reading {
  /** From 1. */
  readonly line: number;
  /** Undefined: what stands there was not chained as it stands there. */
  readonly entry: AuditEntry | undefined;
}

/** An entry that has its own hash, and in a file is written as it was hashed; undefined for anything else. */
function intact(value: unknown, text?: string): AuditEntry | undefined {
  try {
    const entry = text === undefined ? value : JSON.parse(text);
    if (!isAuditEntry(entry)) return undefined;
    const { hash, line } = sealOf(entry, entry);
    // The whole text: a space more, or a letter written as an escape, would leave the hash as it was.
    return hash === entry.hash && (text === undefined || text === line) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Reads an entry that was handed over as an object. */
export function readEntry(value: unknown, line: number): Reading {
  return { line, entry: intact(value) };
}

/** Reads a line of a file; undefined for one that is no text at all. */
export function readLine(text: string | undefined, line: number): Reading {
  return { line, entry: text === undefined ? undefined : intact(undefined, text) };
}
