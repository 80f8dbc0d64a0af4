import { setImmediate } from 'node:timers/promises';
import { legacy } from '../cases/legs.ts';

/** What users ask, as it comes in the body. */
export interface Question {
  readonly tenant: string;
  readonly message: string;
}

const chunks = Array.from({ length: 8 }, (_, index) => `data: part ${index} of the reply\n\n`);

/** The whole reply: both legs make the same, at the same cost. */
export const answer = async ({ tenant, message }: Question): Promise<{ reply: string }> => ({
  reply: await legacy(tenant, message),
});

/** The same as a stream: its first chunk at once, each other one a turn later. */
export async function* streamed(): AsyncGenerator<string, void, undefined> {
  for (const chunk of chunks) {
    yield chunk;
    await setImmediate();
  }
}

/** The type of a streamed reply. */
export const eventStream = 'text/event-stream';
