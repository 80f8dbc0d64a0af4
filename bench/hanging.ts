import { message } from './cases/legs.ts';
import { retainedBytes } from './collect-garbage.ts';
import { droppedOf, uncounted } from './conservation.ts';
import { type App, laneConcurrency, learningApp } from './learning-app.ts';
import { LiveSockets } from './live-sockets.ts';
import { hangingService } from './services.ts';

/** What a service that hangs did to an app that learns every exchange. */
export interface HangingFigures {
  readonly requests: number;
  /** Calls that were rejected or got a wrong reply. */
  readonly userErrors: number;
  readonly offered: number;
  readonly dropped: number;
  /** Tasks that the counts have lost. */
  readonly uncounted: number;
  /** Sockets to the service at one time. */
  readonly mostSockets: number;
  readonly socketsPerConcurrency: number;
  readonly heapGrowthMiB: number;
  readonly heapGrowthKiBPerRequest: number;
}

const users = Array.from({ length: 64 }, (_, index) => `tenant-${index}`);

/** Calls the app in waves of one call a tenant; resolves to the number of users who did not get their reply. */
export async function callInWaves(app: App, requests: number): Promise<number> {
  let errors = 0;
  const ask = async (user: string): Promise<void> => {
    const reply = await app(user, message).catch(() => undefined);
    if (reply !== `${user} asked for this: ${message}`) errors += 1;
  };
  for (let asked = 0; asked < requests; asked += users.length) {
    await Promise.all(users.slice(0, requests - asked).map(ask));
  }
  return errors;
}

/** What is put through the app, and how. */
export interface HangingOptions {
  readonly requests?: number;
  /** Milliseconds until the client gives a request up; short ones make sockets come and go. @default the client's */
  readonly timeoutMs?: number;
}

/** Puts requests through an app whose service takes every connection and never answers. */
export async function hangingBench({
  requests = 50_000,
  timeoutMs,
}: HangingOptions = {}): Promise<HangingFigures> {
  await using service = await hangingService();
  using sockets = new LiveSockets(service.url);
  await using app = learningApp('dualwrite', service.url, timeoutMs);
  let userErrors = await callInWaves(app, 2_000);
  const before = retainedBytes();
  userErrors += await callInWaves(app, requests);
  const heapGrowthMiB = (retainedBytes() - before) / 2 ** 20;
  await app.close({ timeoutMs: 1 });
  const { learn } = app.stats();
  return {
    requests,
    userErrors,
    offered: learn.offered,
    dropped: droppedOf(learn),
    uncounted: uncounted(learn) + learn.pending,
    mostSockets: sockets.most,
    socketsPerConcurrency: sockets.most / laneConcurrency,
    heapGrowthMiB,
    heapGrowthKiBPerRequest: (heapGrowthMiB * 1024) / requests,
  };
}
