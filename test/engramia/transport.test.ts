import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createProxy } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { createEngramiaClient } from 'engramia-cutover';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { ProxyAgent, fetch as throughProxy } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failureOf } from './failure-of.ts';
import { loopbackService } from './loopback-service.ts';

const version = { app_version: '1', api_version: 'v1' };
const builtInDispatcher = Symbol.for('undici.globalDispatcher.1');
const dispatcher = (): unknown => (globalThis as Record<symbol, unknown>)[builtInDispatcher];

describe('the default way out', () => {
  it('is looked up per call, so that msw can be set up after the client', async () => {
    const client = createEngramiaClient({ baseUrl: 'https://engramia.invalid' });
    const server = setupServer(
      http.get('https://engramia.invalid/v1/version', () => HttpResponse.json(version)),
    );
    server.listen();
    onTestFinished(() => server.close());
    expect((await client.version()).appVersion).toBe('1');
  });
});

describe('an own pool', () => {
  it('opens no more sockets than it may, and leaves the global dispatcher alone', async () => {
    const { url, server, requests } = await loopbackService({ json: version });
    let sockets = 0;
    server.on('connection', () => {
      sockets += 1;
    });
    await fetch(url); // Node's own dispatcher is there from now on
    const before = dispatcher();
    sockets = 0;
    const client = createEngramiaClient({ baseUrl: url, pool: { connections: 2 }, pacing: false });
    onTestFinished(() => client.close());
    await Promise.all(Array.from({ length: 20 }, () => client.version()));
    expect(requests).toHaveLength(21);
    expect(sockets).toBe(2);
    expect(before).toBeDefined();
    expect(dispatcher()).toBe(before);
  });

  it('is intercepted by msw all the same', async () => {
    const client = createEngramiaClient({ baseUrl: 'https://engramia.invalid', pool: {} });
    onTestFinished(() => client.close());
    const server = setupServer(
      http.get('https://engramia.invalid/v1/version', () => HttpResponse.json(version)),
    );
    server.listen();
    onTestFinished(() => server.close());
    expect((await client.version()).appVersion).toBe('1');
  });

  it('gives up a connection that does not open in its own time, as certainly not sent', async () => {
    // It takes what comes in and never answers the handshake of TLS.
    const deaf = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void deaf.close());
    await once(deaf, 'listening');
    const { port } = deaf.address() as AddressInfo;
    const client = createEngramiaClient({
      baseUrl: `https://127.0.0.1:${port}`,
      apiKey: 'k',
      pool: { connectTimeoutMs: 50 },
      timeoutMs: 4_000,
    });
    onTestFinished(() => client.close());
    expect(await failureOf(client.metrics())).toMatchObject({
      code: 'ERR_ENGRAMIA_NETWORK',
      sent: false,
    });
  });

  it('tells a refused connection as certainly not sent', async () => {
    const { url, server } = await loopbackService();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const client = createEngramiaClient({ baseUrl: url, apiKey: 'k', pool: {} });
    onTestFinished(() => client.close());
    expect(await failureOf(client.metrics())).toMatchObject({
      code: 'ERR_ENGRAMIA_NETWORK',
      sent: false,
    });
  });
});

describe('a proxy', () => {
  it.each([403, 407, 502])(
    'that answers %d has let nothing through to the service',
    async (status) => {
      const proxy = createProxy().listen(0, '127.0.0.1');
      onTestFinished(() => void proxy.close());
      proxy.on('connect', (_request, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
      await once(proxy, 'listening');
      const dispatcher = new ProxyAgent(
        `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      );
      onTestFinished(() => dispatcher.close());
      const client = createEngramiaClient({
        baseUrl: 'https://engramia.invalid',
        apiKey: 'k',
        fetch: (input, init) =>
          throughProxy(input, { ...init, dispatcher } as object) as unknown as Promise<Response>,
      });
      expect(await failureOf(client.metrics())).toMatchObject({
        code: 'ERR_ENGRAMIA_NETWORK',
        sent: false,
        cause: { code: 'UND_ERR_ABORTED' },
      });
    },
  );
});

describe('closing', () => {
  it('ends running calls first and refuses later ones', async () => {
    let answer: () => void = () => {};
    let arrived: () => void = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { url } = await loopbackService({
      byHand: (response) => {
        answer = () => response.end(JSON.stringify(version));
        arrived();
      },
    });
    const client = createEngramiaClient({ baseUrl: url, apiKey: 'k', pool: {} });
    const running = client.version();
    await arrival;
    const closed = client.close();
    expect(client.close()).toBe(closed);
    answer();
    expect((await running).appVersion).toBe('1');
    await closed;
    const derived = client.withKey('k2');
    for (const call of [client.version(), derived.metrics()]) {
      expect(await failureOf(call)).toMatchObject({ code: 'ERR_CUTOVER_CLOSED', sent: false });
    }
  });

  it('a client made by withKey leaves its family open', async () => {
    const { url } = await loopbackService({ json: version });
    const client = createEngramiaClient({ baseUrl: url });
    const derived = client.withKey('k');
    await derived.close();
    expect((await failureOf(derived.version())).code).toBe('ERR_CUTOVER_CLOSED');
    expect((await client.version()).appVersion).toBe('1');
  });
});

describe('importing the client', () => {
  const module = JSON.stringify(new URL('../../src/index.ts', import.meta.url));
  const run = (before: string, options: string, after: string): string => {
    const script = `
      import { createRequire } from 'node:module';
      ${before}
      const { createEngramiaClient } = await import(${module});
      const client = createEngramiaClient({ baseUrl: 'http://127.0.0.1:9', ${options} });
      await client.version().catch(() => {});
      process.stdout.write(String(${after}));`;
    const flags = ['--no-warnings', '--input-type=module', '--eval', script];
    return execFileSync(process.execPath, flags, { encoding: 'utf8' });
  };
  const loaded = `Object.keys(createRequire(${module}).cache).some((path) =>
    path.includes('/node_modules/undici/'))`;

  it('loads undici only when a pool is asked for and used', () => {
    expect(run('', '', loaded)).toBe('false');
    expect(run('', 'pool: {}', loaded)).toBe('true');
  });

  it('keeps the dispatcher of a Node that knows only the older symbol', () => {
    const olderNode = `
      new Headers();
      globalThis[Symbol.for('undici.globalDispatcher.2')] = undefined;
      const own = globalThis[Symbol.for('undici.globalDispatcher.1')];`;
    const kept = `own !== undefined && globalThis[Symbol.for('undici.globalDispatcher.1')] === own`;
    expect(run(olderNode, 'pool: {}', `${loaded} && ${kept}`)).toBe('true');
  });
});
