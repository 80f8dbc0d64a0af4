/** One event as it was sent. */
export interface SentEvent {
  readonly name: string | undefined;
  readonly data: string;
}

const fieldValue = (line: string, at: number): string => line.slice(line[at] === ' ' ? at + 1 : at);

const lineEnd = /\r\n|\n|\r/;

/** The events of a stream, line by line as the standard has it; one at the end that no empty line follows counts too. */
export function eventsOf(body: string): SentEvent[] {
  const events: SentEvent[] = [];
  let name: string | undefined;
  let data: string | undefined;
  const end = (): void => {
    if (data !== undefined) events.push({ name, data });
    name = undefined;
    data = undefined;
  };
  // Nearly all have no CR, and a text is split far faster by a text.
  for (const line of body.split(body.includes('\r') ? lineEnd : '\n')) {
    if (line === '') end();
    else if (line.startsWith('event:')) name = fieldValue(line, 'event:'.length);
    else if (line === 'data' || line.startsWith('data:')) {
      const value = fieldValue(line, 'data:'.length);
      data = data === undefined ? value : `${data}\n${value}`;
    }
  }
  end();
  return events;
}

/** What Hono, NestJS and oRPC, and tRPC, call an event whose data is the message of what has failed. */
const failures: ReadonlySet<string | undefined> = new Set(['error', 'serialized-error']);

/** Whether an event is named as one that says what has failed. */
export const isNamedFailure = ({ name }: SentEvent): boolean => failures.has(name);
