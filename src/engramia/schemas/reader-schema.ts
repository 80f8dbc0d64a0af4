import type { z } from 'zod';

/** A value that fits, or what does not fit about it: places and rules, never contents. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly string[] };

/** Checks a value from outside and gives it its type. */
export type Reader<T> = (value: unknown) => Reading<T>;

const maxIssues = 10;
const fieldName = /^\w{1,40}$/;

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path
    .map(String)
    .map((part) => (fieldName.test(part) ? part : '…'))
    .join('.');
  if (issue.code !== 'unrecognized_keys') return `${place || 'value'} ${tell(issue)}`;
  const names = issue.keys.filter((key) => fieldName.test(key)).slice(0, maxIssues);
  return `${place || 'value'} has fields that do not exist: ${names.join(', ')}`;
}

// Zod's own sentences begin with a capital; a sentence of ours goes on after the field's name.
function tell({ code, message }: z.core.$ZodIssue): string {
  return code === 'custom' ? message : `does not fit: ${message}`;
}

/** Where nothing more is to be made of it. */
export const asRead = <T>(value: T): T => value;

/**
 * Makes a reader of a schema, which is built when it is first needed: all of them at import cost as much as zod itself. What
 * is read is then made into what is wanted: as a part of the schema that would double what reading costs. `sure` spares
 * values that the schema takes beyond doubt the schema, and gives what would be made of them.
 */
export function toReader<Read, T>(
  build: () => z.ZodType<Read>,
  make: (read: Read) => T,
  sure: (value: unknown) => T | undefined = () => undefined,
): Reader<T> {
  let schema: z.ZodType<Read> | undefined;
  return (value) => {
    const known = sure(value);
    if (known !== undefined) return { ok: true, value: known };
    schema ??= build();
    const result = schema.safeParse(value);
    if (result.success) return { ok: true, value: make(result.data) };
    return { ok: false, issues: result.error.issues.slice(0, maxIssues).map(describe) };
  };
}
