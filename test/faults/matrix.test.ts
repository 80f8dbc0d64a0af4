import { type Stage, stages } from 'engramia-cutover';
import { type Fault, type FaultServer, faultServer, faults } from 'engramia-cutover/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expressWay } from './express-way.ts';
import { fastifyWay } from './fastify-way.ts';
import { fetchWay } from './fetch-way.ts';
import { plainWay } from './plain-way.ts';
import { shadowAt } from './shadow-at-fault.ts';
import { isComparable, type Kind, type Outcome, type Site, type WayIn } from './way-in.ts';

const ways: readonly WayIn[] = [plainWay, expressWay, fastifyWay, fetchWay];
const stageNames = Object.keys(stages) as Stage[];

/** What learning meets, by the code and status of its first error; undefined: it works. */
const metByLearning: Readonly<Record<Fault, string | undefined>> = {
  none: undefined,
  refuse: 'ERR_ENGRAMIA_NETWORK',
  hang: 'ERR_ENGRAMIA_TIMEOUT',
  'reset-before-head': 'ERR_ENGRAMIA_NETWORK',
  'reset-mid-body': 'ERR_ENGRAMIA_NETWORK',
  drip: 'ERR_ENGRAMIA_TIMEOUT',
  'retry-after-huge': 'ERR_ENGRAMIA_HTTP 429',
  'retry-after-negative': 'ERR_ENGRAMIA_HTTP 429',
  'retry-after-far-date': 'ERR_ENGRAMIA_HTTP 429',
  'retry-after-garbage': 'ERR_ENGRAMIA_HTTP 429',
  html: 'ERR_ENGRAMIA_RESPONSE 200',
  'truncated-json': 'ERR_ENGRAMIA_RESPONSE 200',
  'huge-body': 'ERR_ENGRAMIA_RESPONSE 200',
  'endless-chunks': 'ERR_ENGRAMIA_RESPONSE 200',
  redirect: 'ERR_ENGRAMIA_HTTP 307',
  'redirect-insecure': 'ERR_ENGRAMIA_HTTP 307',
  'tls-self-signed': 'ERR_ENGRAMIA_NETWORK',
  'tls-plain-text': 'ERR_ENGRAMIA_NETWORK',
  'error-after-storing': 'ERR_ENGRAMIA_HTTP 500',
  late: 'ERR_ENGRAMIA_TIMEOUT',
};

let cases = 0;
afterAll(() => {
  process.stdout.write(`fault matrix: ${cases} replies compared with those of the bare app\n`);
});

/** What the bare app answers, asked once. */
function bareAnswers(way: WayIn) {
  const known = new Map<Kind, Outcome>();
  return async (): Promise<ReadonlyMap<Kind, Outcome>> => {
    if (known.size > 0) return known;
    await using bare = await way.open(undefined);
    for (const kind of way.kinds) known.set(kind, await bare.ask(kind));
    return known;
  };
}

describe.each(ways)('behind $name', (way) => {
  const bare = bareAnswers(way);

  describe.each(faults)('with a service at fault: %s', (fault) => {
    let server: FaultServer;
    let site: Site;
    let flags: ReturnType<typeof shadowAt>['flags'];
    let met: Promise<string | undefined>;

    beforeAll(async () => {
      server = await faultServer({ fault });
      const isTimedOut = metByLearning[fault] === 'ERR_ENGRAMIA_TIMEOUT';
      const options = shadowAt(server.url, isTimedOut ? 100 : 10_000);
      flags = options.flags;
      site = await way.open(options);
      met = firstOfLearning(site);
    });
    afterAll(async () => {
      await site[Symbol.asyncDispose]();
      await server.close();
    });

    it.each(stageNames)('gives in stage %s what the bare app gives', async (stage) => {
      const expected = await bare();
      flags.set('acme', stage);
      for (const kind of way.kinds) {
        if (!isComparable(stage, kind)) continue;
        const { status, value } = await site.ask(kind);
        expect({ kind: kind.name, status }).toEqual({
          kind: kind.name,
          status: expected.get(kind)?.status,
        });
        expect(value).toBe(expected.get(kind)?.value);
        cases += 1;
      }
    });

    it('was met by learning, and every exchange is counted once', async () => {
      expect(await met).toBe(metByLearning[fault]);
      await site.cutover?.close({ timeoutMs: 1 });
      const { learn, mirror, routes } = site.cutover?.stats() ?? expect.unreachable('it is bare');
      for (const leg of ['legacy', 'candidate'] as const) {
        expect(routes.chat?.served[leg]).toBeGreaterThan(0);
      }
      for (const lane of [learn, mirror]) {
        const skippedOrDropped = sum(lane.skipped) + sum(lane.dropped);
        expect(lane.offered).toBe(lane.accepted + skippedOrDropped);
        const ended = sum(lane.ok) + lane.unknown + lane.failed + lane.timedOut + lane.aborted;
        expect(lane).toMatchObject({ accepted: ended, pending: 0 });
        expect(lane.offered).toBeGreaterThan(0);
      }
    });
  });
});

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** The code of the first error of learning; undefined when an exchange was learned first. */
function firstOfLearning({ cutover }: Site): Promise<string | undefined> {
  return new Promise((resolve) => {
    cutover?.on('learned', () => resolve(undefined));
    cutover?.on('error', ({ operation, error }) => {
      if (operation !== 'engramia.learn') return;
      resolve([error.code, error.status].filter((part) => part !== undefined).join(' '));
    });
    // Mirrors are compared only when somebody listens.
    cutover?.on('compared', () => undefined);
  });
}
