/** An event of a stream: any field may be missing, or be anything. */
export type EventFields = Readonly<Record<string, unknown>>;

/** The fields of a value; none of one that has no fields. */
export const fields = (value: unknown): EventFields =>
  typeof value === 'object' && value !== null ? (value as EventFields) : {};

/** A text; an empty one in the place of any other value. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
