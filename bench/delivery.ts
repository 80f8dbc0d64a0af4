import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createCutoverHandler, createEngramiaClient, keyPerTenant } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { Pool } from 'undici';
import { message } from './cases/legs.ts';
import { collectYoungGarbage } from './collect-garbage.ts';
import { laneConcurrency } from './learning-app.ts';
import { medianRatio } from './measure.ts';
import { median } from './median.ts';

/** What it costs to deliver an exchange, in one run. */
export interface DeliveryFigures {
  /** CPU of batched import, × a POST of undici's Pool each. */
  readonly batchedAgainstPool: number;
  /** CPU of a single learn, × a global fetch each. */
  readonly singleAgainstFetch: number;
  /** Microseconds of CPU an exchange, by case: medians. */
  readonly micros: Readonly<Record<CaseName, number>>;
}

type CaseName = 'pool' | 'fetch' | 'single' | 'batched';

/** One way to deliver a round of exchanges. */
interface DeliveryCase {
  /** Rounds measured as one, where a single one is too short. */
  readonly rounds: number;
  round(): Promise<void>;
  close(): Promise<void>;
}

const exchangesARound = 512;
const tenants = Array.from({ length: 4 }, (_, index) => `tenant-${index}`);
const reply = (tenant: string): string => `${tenant} asked for this: ${message}`;
const headers = { 'content-type': 'application/json', authorization: 'Bearer bench-key' };

function lessonOf(index: number): string {
  const tenant = tenants[index % tenants.length] ?? '';
  const lesson = { task: message, code: reply(tenant), eval_score: 5, run_id: `shadow:${tenant}` };
  return JSON.stringify(lesson);
}

/** As many at a time as the learn lane sends. */
async function inParallel(post: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < exchangesARound) await post(next++);
  };
  await Promise.all(Array.from({ length: laneConcurrency }, work));
}

function poolCase(url: string): DeliveryCase {
  const pool = new Pool(url, { connections: laneConcurrency });
  const post = async (index: number): Promise<void> => {
    const answer = await pool.request({
      path: '/v1/learn',
      method: 'POST',
      headers,
      body: lessonOf(index),
    });
    await answer.body.json();
  };
  return { rounds: 1, round: () => inParallel(post), close: () => pool.close() };
}

function fetchCase(url: string): DeliveryCase {
  const post = async (index: number): Promise<void> => {
    const body = lessonOf(index);
    const answer = await fetch(`${url}/v1/learn`, { method: 'POST', headers, body });
    await answer.json();
  };
  return { rounds: 1, round: () => inParallel(post), close: async () => undefined };
}

/** The whole way through an app: call, hand-over, reading, redaction, delivery. */
function appCase(url: string, via: 'learn' | 'import'): DeliveryCase {
  const client = createEngramiaClient({ baseUrl: url, pacing: false });
  const app = createCutoverHandler({
    name: 'chat',
    legacy: async (tenant: string) => reply(tenant),
    candidate: async (_context, tenant) => tenant,
    identify: (tenant) => ({ tenant, task: message }),
    flags: memoryFlags('dualwrite'),
    engramia: keyPerTenant(client, (tenant) => `bench-key-of-${tenant}`),
    learn: { via },
    logger: { warn: () => undefined },
  });
  let delivered = 0;
  return {
    rounds: via === 'import' ? 8 : 1,
    async round() {
      for (let index = 0; index < exchangesARound; index += 1) {
        await app(tenants[index % tenants.length] ?? '');
      }
      await app.flush({ timeoutMs: 60_000 });
      delivered += exchangesARound;
      const { ok } = app.stats().learn;
      if (ok.stored !== delivered) throw new Error(`${ok.stored} of ${delivered} were learned`);
    },
    close: async () => void (await app.close()),
  };
}

async function cpuOf({ rounds, round }: DeliveryCase): Promise<number> {
  collectYoungGarbage();
  const before = process.cpuUsage();
  for (let left = rounds; left > 0; left -= 1) await round();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (rounds * exchangesARound);
}

/** Rounds before any is measured: a round of batches is over before its code has been compiled, and `fetch` is for thousands of calls. */
const warmUps: Readonly<Record<CaseName, number>> = { pool: 6, fetch: 40, single: 40, batched: 80 };

/** Measures by turns, each round beginning with another case. */
export async function deliveryFigures(rounds: number): Promise<DeliveryFigures> {
  const service = fork(new URL('./delivery-service.ts', import.meta.url));
  const [port] = (await once(service, 'message')) as [number];
  const url = `http://127.0.0.1:${port}`;
  const cases: Record<CaseName, DeliveryCase> = {
    pool: poolCase(url),
    fetch: fetchCase(url),
    single: appCase(url, 'learn'),
    batched: appCase(url, 'import'),
  };
  const names = Object.keys(cases) as CaseName[];
  const seen: Record<CaseName, number[]> = { pool: [], fetch: [], single: [], batched: [] };
  for (const name of names) {
    for (let left = warmUps[name]; left > 0; left -= 1) await cases[name].round();
  }
  for (let round = 0; round < rounds; round += 1) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      seen[name].push(await cpuOf(cases[name]));
    }
  }
  await Promise.all(names.map((name) => cases[name].close()));
  service.disconnect();
  return {
    batchedAgainstPool: medianRatio(seen.batched, seen.pool),
    singleAgainstFetch: medianRatio(seen.single, seen.fetch),
    micros: {
      pool: median(seen.pool),
      fetch: median(seen.fetch),
      single: median(seen.single),
      batched: median(seen.batched),
    },
  };
}
