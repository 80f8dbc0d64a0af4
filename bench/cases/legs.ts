import { hash } from 'node:crypto';

const reply =
  'Read the file line by line, split each line at its commas, respect quoted fields, and stop at the first bad row.';

/** What every user asks. */
export const message =
  'Build a CSV parser that copes with quoted fields and says where a row is bad';

/** The handler that every case stands in front of: it answers at once, so that what is measured is the way to it. */
export const legacy = async (_user: string, _message: string): Promise<string> => reply;

/** The handler that replaces it, of the same cost. */
export const candidate = async (
  _context: unknown,
  _user: string,
  _message: string,
): Promise<string> => reply;

/** Ids of 36 characters that look like UUIDs, the same in every run, each a flat string as a header's value is. */
export function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const hex = hash('sha256', String(index), 'hex');
    const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
    return Buffer.from(`${parts.join('-')}-${hex.slice(20, 32)}`, 'latin1').toString('latin1');
  });
}
