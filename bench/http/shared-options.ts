import { type CutoverOptions, type Stage, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { instantScope } from '../cases/scopes.ts';
import { answer, eventStream, type Question, streamed } from './reply.ts';

/** A cutover in one stage. A lesson is stored as soon as it is sent: what is left is what the library itself costs. */
export const sharedOptions = (stage: Stage): CutoverOptions => ({
  flags: memoryFlags(stage),
  engramia: instantScope(),
});

const identify = ({ tenant, message }: Question) => ({ tenant, task: message });

/** The route that answers whole. */
export const chat = {
  name: 'chat',
  identify,
  candidate: shadowSafe((_context: unknown, input: Question) => answer(input)),
};

/** The route that streams. */
export const stream = {
  name: 'stream',
  identify,
  candidate: shadowSafe(
    () =>
      new Response(ReadableStream.from(streamed()).pipeThrough(new TextEncoderStream()), {
        headers: { 'content-type': eventStream },
      }),
  ),
};
