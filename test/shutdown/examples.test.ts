import { type FakeEngramia, fakeEngramia } from 'engramia-cutover/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StagedPackage, stagePackage } from '../package/staged-package.ts';
import { type ExampleProcess, startExample } from './example-process.ts';

/** Tasks that share no word but the first, so that none is taken for a duplicate of another. */
const tasks = [
  ['Parse quoted spreadsheet fields', 'Sort orders by postal region'],
  ['Translate invoices into Finnish', 'Draw monthly revenue charts'],
  ['Compress holiday photo albums', 'Validate international bank numbers'],
].flat();

const examples = [
  { file: 'shutdown-express.ts', deadline: 'STOP_MS' },
  { file: 'shutdown-fastify.ts', deadline: 'STOP_MS' },
  { file: 'shutdown-kubernetes.ts', deadline: 'GRACE_MS' },
];

let staged: StagedPackage;
let fake: FakeEngramia;
let service: { readonly url: string; close(): Promise<void> };

beforeAll(async () => {
  staged = await stagePackage();
}, 60_000);

afterAll(() => staged[Symbol.dispose]());

beforeEach(async () => {
  fake = await fakeEngramia({ keys: { 'key-of-acme': { tenant: 'acme' } } });
  service = await fake.listen();
});

afterEach(() => service.close());

const start = (file: string, env: Record<string, string> = {}): Promise<ExampleProcess> =>
  startExample(staged, file, {
    ENGRAMIA_API_URL: service.url,
    ENGRAMIA_API_KEY: 'key-of-acme',
    ...env,
  });

const learns = (): number => fake.requests.filter(({ path }) => path === '/v1/learn').length;

/** Half of the tasks answered and being learned, the other half being answered. */
async function busy(app: ExampleProcess): Promise<Promise<{ status: number; body: string }>[]> {
  const half = tasks.length / 2;
  const first = await Promise.all(tasks.slice(0, half).map((task) => app.ask('/chat', task)));
  expect(first.map(({ status }) => status)).toEqual([200, 200, 200]);
  const second = tasks.slice(half).map((task) => app.ask('/chat', task));
  await app.printed('serving', tasks.length);
  return second;
}

describe.each(examples)('the example $file', ({ file, deadline }) => {
  it('loses neither a request nor a lesson to a SIGTERM, and ends by itself', async () => {
    fake.setLatency(150);
    await using app = await start(file, { [deadline]: '12000', DELAY_MS: '100' });
    const inFlight = await busy(app);
    expect(learns()).toBeLessThan(tasks.length);
    const ended = app.terminate();
    const replies = await Promise.all(inFlight);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(replies.map(({ body }) => body).join()).toContain(`legacy: `);
    const { code, elapsedMs, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(elapsedMs).toBeLessThan(5_000); // an idle connection that is kept alive would take five seconds alone
    expect(learns()).toBe(tasks.length);
    expect(fake.patterns('acme')).toHaveLength(tasks.length);
    expect(await app.printed(/^stopped: /)).toBe('stopped: {"learned":6,"aborted":0}');
  });

  it('ends within its deadline when Engramia hangs, and counts what it gave up', async () => {
    fake.down('hang');
    await using app = await start(file, { [deadline]: '1500', DELAY_MS: '100' });
    const inFlight = await busy(app);
    const ended = app.terminate();
    const replies = await Promise.all(inFlight);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { code, elapsedMs, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Not to the millisecond, which a busy machine would not keep: one request that was waited for takes ten seconds.
    expect(elapsedMs).toBeLessThan(5_000);
    expect(await app.printed(/^stopped: /)).toBe('stopped: {"learned":0,"aborted":6}');
  });
});

describe('the example shutdown-kubernetes.ts', () => {
  it('says that it is not ready, and answers whoever still comes during the delay', async () => {
    await using app = await start('shutdown-kubernetes.ts', {
      GRACE_MS: '12000',
      DELAY_MS: '1000',
    });
    expect((await app.ask('/ready')).status).toBe(200);
    const ended = app.terminate();
    await app.printed('not ready');
    expect((await app.ask('/ready')).status).toBe(503);
    expect(await app.ask('/chat', 'Reconcile the ledgers')).toMatchObject({ status: 200 });
    const { code, elapsedMs } = await ended;
    expect(code).toBe(0);
    expect(elapsedMs).toBeGreaterThanOrEqual(1_000);
    expect(await app.printed(/^stopped: /)).toBe('stopped: {"learned":1,"aborted":0}');
  });

  it('takes no more than a third of the grace period for the delay', async () => {
    fake.down('hang');
    await using app = await start('shutdown-kubernetes.ts', {
      GRACE_MS: '1500',
      DELAY_MS: '60000',
    });
    expect((await app.ask('/chat', 'Reconcile the ledgers')).status).toBe(200);
    const { code, elapsedMs } = await app.terminate();
    expect(code).toBe(0);
    // The delay as it was asked for takes a minute.
    expect(elapsedMs).toBeLessThan(5_000);
  });
});
