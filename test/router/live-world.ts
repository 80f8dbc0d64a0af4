import type { CutoverEventOf } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { chat, nextTurn } from './world.ts';

/** A live route with a deadline of 100 ms, and all that it tells. */
export function live(over: Parameters<typeof chat>[1] = {}) {
  const clock = fakeClock();
  const { handler, ...world } = chat('live', { clock, fallback: { afterMs: 100 }, ...over });
  const fallbacks: CutoverEventOf<'fallback'>[] = [];
  const served: CutoverEventOf<'served'>[] = [];
  const contained: string[] = [];
  handler.on('fallback', (event) => fallbacks.push(event));
  handler.on('served', (event) => served.push(event));
  const causes: string[] = [];
  handler.on('error', ({ operation, route, error }) => {
    contained.push(`${operation} of ${route}`);
    causes.push(String(error.cause));
  });
  const stats = () => handler.stats().routes.chat;
  return { ...world, handler, clock, fallbacks, served, contained, causes, stats };
}

/** Collects what nobody handles while `run` runs. */
export async function unhandledIn(run: () => Promise<void>): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  await run();
  await nextTurn();
  process.off('unhandledRejection', note);
  return unhandled;
}

export async function* pieces(...texts: string[]) {
  yield* texts;
}
export const textOf = async (stream: unknown): Promise<string> => {
  let text = '';
  for await (const piece of stream as AsyncIterable<string>) text += piece;
  return text;
};
