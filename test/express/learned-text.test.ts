import { gunzipSync } from 'node:zlib';
import compression from 'compression';
import type { Stage } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { memoryFlags } from 'engramia-cutover/flags';
import type { FakeEngramia } from 'engramia-cutover/testing';
import type { RequestHandler } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { learning } from './chat-app.ts';
import { askKind, mountKinds } from './kind-app.ts';
import { replyKinds } from './reply-kinds.ts';
import { createApp, type Framework, frameworkNames, listen, shut } from './servers.ts';

/** No code point of any reply is cut: the largest is a file of this folder. */
const maxCodeChars = 100_000;
const kindNames = Object.keys(replyKinds);
const taskOf = (index: number): string => `Answer kind ${kindNames[index]} (${index})`;

async function createWorld(framework: Framework, place: string) {
  const { fake, engramia } = await learning();
  const cutover = expressCutover({
    name: 'kinds',
    read: (req) => Number(req.path.slice(1)),
    identify: (index) => ({ tenant: 'acme', task: taskOf(index) }),
    candidate: () => 'never asked',
    flags: memoryFlags('dualwrite'),
    learn: { maxCodeChars, redact: (text) => text },
    engramia,
    logger: { warn: () => undefined },
  });
  const app = createApp(framework);
  const compress = compression({ threshold: 0 }) as unknown as RequestHandler;
  if (place === 'before') app.use(compress);
  mountKinds(app, cutover, ...(place === 'after' ? [compress] : []));
  return { fake, cutover, ...(await listen(app)) };
}

const learnedOf = (fake: FakeEngramia, name: string): string | undefined =>
  fake.patterns('default').find(({ task }) => task === taskOf(kindNames.indexOf(name)))?.code;

/** The body as the client reads it. */
function bodyOf(raw: string): string {
  const final = raw.replace(/^HTTP\/1\.1 1\d\d .*?\r\n\r\n/s, '');
  const [head = '', sent = ''] = final.split(/\r\n\r\n(.*)/s);
  let body = Buffer.from(sent, 'latin1');
  if (/transfer-encoding: chunked/i.test(head)) body = dechunked(body);
  if (/content-encoding: gzip/i.test(head)) body = gunzipSync(body);
  return body.toString(/charset=iso-8859-1/i.test(head) ? 'latin1' : 'utf8');
}

function dechunked(bytes: Buffer): Buffer<ArrayBuffer> {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (!(size > 0)) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

const isPlain = (raw: string): boolean => /content-type: text\/(plain|html)/i.test(raw);

describe.each(frameworkNames)('%s', (framework) => {
  describe.each(['none', 'before', 'after'])('with compression mounted: %s', (place) => {
    let world: Awaited<ReturnType<typeof createWorld>>;
    beforeAll(async () => {
      world = await createWorld(framework, place);
    });
    afterAll(() => Promise.all([shut(world.server), world.cutover.close()]));

    it('learns of every kind of reply the text that its client got, and no other', async () => {
      const replies = new Map<string, string>();
      for (const name of kindNames) replies.set(name, await askKind(world.port, 'GET', name));
      const { drained } = await world.cutover.flush();
      expect(drained).toBe(true);
      let plain = 0;
      for (const name of kindNames) {
        const { text, capture } = replyKinds[name] ?? {};
        const learned = learnedOf(world.fake, name);
        // A compressed reply fits where the plain one does not.
        if (capture === 'truncated' && place === 'after') continue;
        expect([name, learned]).toEqual([name, text]);
        const raw = replies.get(name) ?? '';
        if (learned === undefined || !isPlain(raw)) continue;
        expect(learned).toBe(bodyOf(raw));
        plain += 1;
      }
      expect(plain).toBeGreaterThan(20);
    });
  });

  it.each<[Stage, string, number]>([
    ['dualwrite', 'the reply of legacy', 5],
    ['live', 'the reply of the candidate', 7],
  ])('learns in stage %s %s, scored %i', async (stage, reply, score) => {
    const { fake, engramia } = await learning();
    const cutover = expressCutover({
      name: 'chat',
      read: () => 'Build a CSV parser',
      identify: (task) => ({ tenant: 'acme', task }),
      candidate: async function* () {
        yield* ['the reply ', 'of the candidate'];
      },
      flags: memoryFlags(stage),
      engramia,
    });
    const app = createApp(framework);
    app.get('/', cutover, (_req, res) => res.json({ reply: 'the reply of legacy' }));
    const { port, server } = await listen(app);
    await (await fetch(`http://127.0.0.1:${port}/`)).text();
    await cutover.flush();
    expect(fake.patterns('default')).toMatchObject([
      { task: 'Build a CSV parser', code: reply, score, runId: 'shadow:acme' },
    ]);
    await shut(server);
    await cutover.close();
  });
});
