import type { Caller } from './call.ts';
import { serve } from './handler.ts';
import type { Route } from './route/route.ts';

/** Serves a call of a handler that is a generator: like one, it starts nothing before its first `next`. */
export async function* streamed(
  route: Route,
  self: unknown,
  args: unknown[],
  init: Caller | undefined,
): AsyncGenerator<unknown, void, undefined> {
  // What it returns is promised to nobody, and given as the generator itself gives it.
  return yield* (await serve(route, self, args, init)) as AsyncIterable<unknown, void>;
}
