// What calls that wait for their legs cost: heap, and what they make of the calls beside them. Prints JSON.
import { createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { launchDarklyReads } from '../cases/launchdarkly.ts';
import { candidate, idsOf, legacy, message } from '../cases/legs.ts';
import { instantScope } from '../cases/scopes.ts';
import { retainedBytes } from '../collect-garbage.ts';
import { type BenchCase, measureCases, medianRatio } from '../measure.ts';

/** What a run has found. */
export interface InFlightFigures {
  /** Bytes of the heap that a call retains while its leg has not answered, by who stands in front of it. */
  readonly bytes: Readonly<Record<'direct' | 'live' | 'shadow' | 'launchDarkly', number>>;
  /** CPU of a call beside 10,000 others that wait, × CPU of a call alone. */
  readonly slower: Readonly<Record<'live' | 'shadow', number>>;
}

const [size = '10000', rounds = '15'] = process.argv.slice(2);
const inFlight = Number(size);
const users = idsOf(1_000);

/** Legs that answer at once, or never while they are told to wait. */
let waiting = false;
const answered = Promise.withResolvers<void>();
const slowLegacy = async (user: string, text: string): Promise<string> => {
  if (waiting) await answered.promise;
  return legacy(user, text);
};
const slowCandidate = async (context: unknown, user: string, text: string): Promise<string> => {
  if (waiting) await answered.promise;
  return candidate(context, user, text);
};

const handlerIn = (stage: 'live' | 'shadow') =>
  createCutoverHandler({
    name: 'chat',
    legacy: slowLegacy,
    candidate: shadowSafe(slowCandidate),
    identify: (user, task) => ({ tenant: user, task }),
    flags: memoryFlags(stage),
    engramia: instantScope(),
    // The deadline of a served candidate is on; it must not be what ends the calls that wait.
    fallback: { afterMs: 600_000 },
  });

type Ask = (user: string, text: string) => Promise<unknown>;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Begins as many calls as are to wait; they never end. */
async function hold(ask: Ask): Promise<Promise<unknown>[]> {
  waiting = true;
  const calls = Array.from({ length: inFlight }, (_, index) =>
    ask(users[index % 1_000] ?? '', message),
  );
  await turn();
  waiting = false;
  return calls;
}

async function bytesOf(ask: Ask): Promise<number> {
  for (let i = 0; i < 2_000; i += 1) await ask(users[i % 1_000] ?? '', message);
  await turn();
  const before = retainedBytes();
  const calls = await hold(ask);
  const bytes = (retainedBytes() - before) / inFlight;
  return calls.length === inFlight ? bytes : Number.NaN;
}

type Handler = ReturnType<typeof handlerIn>;

const drainedCase = (handler: Handler): BenchCase => ({
  call: handler,
  batches: 10,
  drain: async () => void (await handler.flush()),
});

async function slowerIn(stage: 'live' | 'shadow'): Promise<number> {
  const crowded = handlerIn(stage);
  const calls = await hold(crowded);
  const cases = { crowded: drainedCase(crowded), alone: drainedCase(handlerIn(stage)) };
  const costs = await measureCases(cases, { users, message, rounds: Number(rounds) });
  if (calls.length !== inFlight) return Number.NaN;
  return medianRatio(costs.crowded.path, costs.alone.path);
}

const reads = await launchDarklyReads({ legacy: slowLegacy, candidate: slowCandidate });
const figures: InFlightFigures = {
  slower: { live: await slowerIn('live'), shadow: await slowerIn('shadow') },
  bytes: {
    direct: await bytesOf(slowLegacy),
    live: await bytesOf(handlerIn('live')),
    shadow: await bytesOf(handlerIn('shadow')),
    launchDarkly: await bytesOf((user, text) => reads.shadow.call(user, text)),
  },
};
reads[Symbol.dispose]();
process.stdout.write(JSON.stringify(figures));
