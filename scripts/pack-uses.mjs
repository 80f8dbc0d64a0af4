// One real thing for every entry point, done by a program that has installed the package. Each function is printed into
// that program, so it may use nothing but its arguments: `load` imports or requires a package, `assert` is Node's own.

/** By entry point; one that is missing here fails the check. */
export const uses = {
  '.': async (load, assert) => {
    const { createCutoverHandler } = await load('engramia-cutover');
    const { memoryFlags } = await load('engramia-cutover/flags');
    const flags = memoryFlags('off');
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: (text) => `legacy ${text}`,
      candidate: (_context, text) => `candidate ${text}`,
      identify: (text) => ({ tenant: 'acme', task: text }),
      flags,
    });
    assert.equal(await handler('hello'), 'legacy hello');
    flags.set('acme', 'complete');
    assert.equal(await handler('hello'), 'candidate hello');
    await handler.close();
  },
  './flags': async (load, assert) => {
    const { memoryFlags } = await load('engramia-cutover/flags');
    const flags = memoryFlags('off', { acme: 'shadow' });
    const stageOf = async (targetingKey) =>
      (await flags.resolveStringEvaluation('cutover.chat', 'off', { targetingKey }, console)).value;
    assert.equal(await stageOf('acme'), 'shadow');
    assert.equal(await stageOf('other'), 'off');
  },
  './express': async (load, assert) => {
    const loaded = await load('express');
    const express = loaded.default ?? loaded;
    const { expressCutover } = await load('engramia-cutover/express');
    const { memoryFlags } = await load('engramia-cutover/flags');
    const cutover = expressCutover({
      name: 'chat',
      candidate: () => ({ reply: 'candidate' }),
      read: (request) => request.body,
      identify: (body) => ({ tenant: 'acme', task: body.message }),
      flags: memoryFlags('complete'),
      body: 'parsed',
    });
    const app = express();
    app.post('/chat', express.json(), cutover, (_request, response) => {
      response.json({ reply: 'legacy' });
    });
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const response = await fetch(`http://127.0.0.1:${server.address().port}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'hello there' }),
    });
    assert.deepEqual(await response.json(), { reply: 'candidate' });
    await cutover.close();
    await new Promise((resolve) => server.close(resolve));
  },
  './fastify': async (load, assert) => {
    const loaded = await load('fastify');
    const fastify = loaded.default ?? loaded;
    const { cutoverRoute, fastifyCutover } = await load('engramia-cutover/fastify');
    const { memoryFlags } = await load('engramia-cutover/flags');
    const app = fastify();
    await app.register(fastifyCutover, { flags: memoryFlags('complete') });
    const cutover = cutoverRoute({
      name: 'chat',
      candidate: () => ({ reply: 'candidate' }),
      read: (request) => request.body,
      identify: (body) => ({ tenant: 'acme', task: body.message }),
    });
    app.post('/chat', { config: { cutover } }, () => ({ reply: 'legacy' }));
    const payload = { message: 'hello there' };
    const response = await app.inject({ method: 'POST', url: '/chat', payload });
    assert.deepEqual(response.json(), { reply: 'candidate' });
    await app.close();
  },
  './fetch': async (load, assert) => {
    const { fetchCutover } = await load('engramia-cutover/fetch');
    const { memoryFlags } = await load('engramia-cutover/flags');
    const handler = fetchCutover({
      name: 'chat',
      legacy: () => new Response('legacy'),
      candidate: () => new Response('candidate'),
      identify: async (request) => ({ tenant: 'acme', task: await request.text() }),
      flags: memoryFlags('complete'),
    });
    const request = new Request('http://localhost/chat', { method: 'POST', body: 'hello there' });
    assert.equal(await (await handler(request)).text(), 'candidate');
    await handler.close();
  },
  './metrics': async (load, assert) => {
    const { createCutover } = await load('engramia-cutover');
    const { memoryFlags } = await load('engramia-cutover/flags');
    const { prometheusText } = await load('engramia-cutover/metrics');
    const cutover = createCutover({ flags: memoryFlags('off') });
    const chat = cutover.handler({
      name: 'chat',
      legacy: (text) => text,
      candidate: (_context, text) => text,
      identify: (text) => ({ tenant: 'acme', task: text }),
    });
    await chat('hello there');
    assert.match(prometheusText(cutover), /engramia_cutover_calls_total\{[^}]*\} 1/);
    await cutover.close();
  },
  './opentelemetry': async (load, assert) => {
    const { createCutoverHandler } = await load('engramia-cutover');
    const { memoryFlags } = await load('engramia-cutover/flags');
    const { openTelemetry } = await load('engramia-cutover/opentelemetry');
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: (text) => `legacy ${text}`,
      candidate: (_context, text) => `candidate ${text}`,
      identify: (text) => ({ tenant: 'acme', task: text }),
      flags: memoryFlags('live'),
      tracing: openTelemetry(),
    });
    assert.equal(await handler('hello'), 'candidate hello');
    await handler.close();
  },
  './agents': async (load, assert) => {
    const { Agent, setTracingDisabled, Usage } = await load('@openai/agents');
    setTracingDisabled(true);
    const { agentCandidate } = await load('engramia-cutover/agents');
    const { createCutoverHandler } = await load('engramia-cutover');
    const { memoryFlags } = await load('engramia-cutover/flags');
    const content = [{ type: 'output_text', text: 'from the agent' }];
    const output = [{ type: 'message', role: 'assistant', status: 'completed', content }];
    const model = { getResponse: async () => ({ usage: new Usage(), output }) };
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (text) => `legacy ${text}`,
      candidate: agentCandidate({ agent: new Agent({ name: 'memo', model }) }),
      identify: (text) => ({ tenant: 'acme', task: text }),
      flags: memoryFlags('complete'),
    });
    assert.equal(await handler('hello there'), 'from the agent');
    await handler.close();
  },
  './openai': async (load, assert) => {
    const { assistantsLeg, calibrate, isGone } = await load('engramia-cutover/openai');
    const content = [{ type: 'text', text: { value: 'hello' } }];
    const answers = {
      '/threads/t/messages': { data: [{ role: 'assistant', content }] },
      '/threads/t/runs': { id: 'r', status: 'completed', tools: [] },
    };
    const answer = async (path) => answers[path];
    const client = { get: answer, post: answer, delete: answer };
    const leg = assistantsLeg({ client, assistantId: 'a', threadOf: () => 't' });
    assert.equal((await leg('hello there')).text, 'hello');
    assert.equal(isGone({ status: 410 }), true);
    const labelled = [{ task: 'Count.', legacy: '1', candidate: '2', label: 'tie' }];
    const judge = Object.assign(() => 'tie', { fingerprint: 'always-1' });
    assert.equal((await calibrate(labelled, { judge })).specificity.rate, 1);
  },
  './pairs': async (load, assert) => {
    const { mkdtempSync, rmSync } = await load('node:fs');
    const { tmpdir } = await load('node:os');
    const { join } = await load('node:path');
    const { createCutover, shadowSafe } = await load('engramia-cutover');
    const { memoryFlags } = await load('engramia-cutover/flags');
    const { jsonlPairs, readPairs } = await load('engramia-cutover/pairs');
    const folder = mkdtempSync(join(tmpdir(), 'pairs-'));
    const path = join(folder, 'pairs.jsonl');
    const cutover = createCutover({ flags: memoryFlags('shadow'), pairs: jsonlPairs({ path }) });
    // Long enough for the thread that the package starts from a file of its own.
    const words = (last) =>
      Array.from({ length: 900 }, (_, at) => `word${at}`)
        .concat(last)
        .join(' ');
    const chat = cutover.handler({
      name: 'chat',
      legacy: async () => words('legacy'),
      candidate: shadowSafe(async () => words('candidate')),
      identify: (text) => ({ tenant: 'acme', task: text }),
    });
    await chat('hello there');
    await cutover.close();
    const pairs = [];
    for await (const pair of readPairs(path)) pairs.push(pair);
    rmSync(folder, { recursive: true });
    assert.equal(pairs.length, 1);
    const { metrics } = pairs[0].divergence.layers.find(({ layer }) => layer === 'lexical');
    assert.ok(metrics.rougeL > 0.9);
  },
  './transcript': async (load, assert) => {
    const { memoryTranscript } = await load('engramia-cutover/transcript');
    const { createCutoverHandler } = await load('engramia-cutover');
    const { memoryFlags } = await load('engramia-cutover/flags');
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (text) => `legacy ${text}`,
      candidate: async (context) => (await context.history()).map(({ text }) => text).join(),
      identify: (text) => ({ tenant: 'acme', conversation: 'one', task: text }),
      flags: memoryFlags('dualwrite'),
      force: ({ task }) => (task === 'two' ? 'live' : undefined),
      transcript: memoryTranscript(),
    });
    await handler('one');
    assert.equal(await handler('two'), 'one,legacy one');
    await handler.close();
  },
  './stores/memory': async (load, assert) => {
    const { memoryStore } = await load('engramia-cutover/stores/memory');
    const store = memoryStore();
    const calls = { day: '2026-01-31', tenant: 'acme', route: 'chat', leg: 'legacy' };
    await store.addTraffic({ id: 'one', counts: [{ ...calls, counts: { calls: 3 } }] });
    assert.equal((await store.traffic({ tenant: 'acme' }))[0].counts.calls, 3);
  },
  './stores/sqlite': async (load, assert) => {
    const { mkdtempSync, rmSync } = await load('node:fs');
    const { tmpdir } = await load('node:os');
    const { join } = await load('node:path');
    const { sqliteStore } = await load('engramia-cutover/stores/sqlite');
    const folder = mkdtempSync(join(tmpdir(), 'store-'));
    const store = sqliteStore({ path: join(folder, 'cutover.db') });
    const calls = { day: '2026-01-31', tenant: 'acme', route: 'chat', leg: 'legacy' };
    await store.addTraffic({ id: 'one', counts: [{ ...calls, counts: { calls: 3 } }] });
    assert.equal((await store.traffic({ tenant: 'acme' }))[0].counts.calls, 3);
    await store.close();
    rmSync(folder, { recursive: true });
  },
  './stores/postgres': async (load, assert) => {
    const { postgresStore } = await load('engramia-cutover/stores/postgres');
    const refused = new Error('no server here');
    const answer = async () => {
      throw refused;
    };
    const store = postgresStore({ query: answer, connect: answer }, { listen: false });
    await assert.rejects(async () => store.traffic({ tenant: 'acme' }));
    assert.throws(() => postgresStore({}), { code: 'ERR_CUTOVER_INVALID_OPTIONS' });
  },
  './rollout': async (load, assert) => {
    const { createRollout, defaultPlan, rolloutFlags } = await load('engramia-cutover/rollout');
    const { memoryStore } = await load('engramia-cutover/stores/memory');
    const rollout = createRollout({ store: memoryStore(), plan: defaultPlan });
    assert.equal(typeof rolloutFlags(rollout).resolveStringEvaluation, 'function');
    await rollout.close();
  },
  './audit': async (load, assert) => {
    const { chainLine, verifyTrail } = await load('engramia-cutover/audit');
    const fact = { kind: 'dualwrite.on', at: 0, rollout: 'chat', actor: 'Ada', reason: 'stage 1' };
    const { line } = chainLine(fact);
    const report = await verifyTrail([Buffer.from(`${line}\n`)]);
    assert.match(report.message, /^1 entr/);
  },
  './report': async (load, assert) => {
    const { formatReport, summarize } = await load('engramia-cutover/report');
    const misses = [
      {
        kind: 'compare',
        at: 0,
        route: 'chat',
        tenant: 'acme',
        stage: 'shadow',
        why: 'unsafe',
        count: 3,
      },
    ];
    const report = summarize([], { misses });
    assert.equal(report.coverage.skipped, 3);
    assert.match(formatReport(report), /^GAP: the shadow was on for 3 exchanges and ran for 0/);
  },
  './testing': async (load, assert) => {
    const { fakeEngramia } = await load('engramia-cutover/testing');
    const fake = await fakeEngramia();
    const response = await fake.fetch(`${fake.url}/v1/health`, {
      headers: { authorization: `Bearer ${fake.key}` },
    });
    assert.equal(response.status, 200);
    await fake[Symbol.asyncDispose]();
  },
};
