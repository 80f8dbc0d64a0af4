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
