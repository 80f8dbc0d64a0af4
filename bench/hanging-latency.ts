import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { message } from './cases/legs.ts';
import { type App, learningApp } from './learning-app.ts';
import { median } from './median.ts';
import { hangingService, healthyService } from './services.ts';

/** How long users waited, milliseconds: the median of the blocks. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** Latency of an app behind an `http` server, by what the service does. `twin` is `off` again: the noise. */
export interface HangingLatency {
  readonly off: Latency;
  readonly twin: Latency;
  readonly healthy: Latency;
  readonly hanging: Latency;
}

const inFlight = 16;

interface Site extends AsyncDisposable {
  readonly ask: () => Promise<void>;
}

async function openSite(app: App): Promise<Site> {
  const server = createServer((_request, response) => {
    app('tenant', message).then(
      (reply) => response.end(reply),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  return {
    async ask() {
      const [response] = await once(get({ host: '127.0.0.1', port, agent }), 'response');
      response.resume();
      await once(response, 'end');
      if (response.statusCode !== 200) throw new Error('A user got an error.');
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.close();
      await app.close({ timeoutMs: 1 });
    },
  };
}

async function block(ask: () => Promise<void>, requests: number): Promise<Latency> {
  const waits: number[] = [];
  const userWithManyQuestions = async (): Promise<void> => {
    for (let i = 0; i < requests / inFlight; i += 1) {
      const start = performance.now();
      await ask();
      waits.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, userWithManyQuestions));
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Asks the same app with no service, a healthy one and one that hangs, in blocks by turns. */
export async function hangingLatency(requests = 50_000, blocks = 20): Promise<HangingLatency> {
  await using stack = new AsyncDisposableStack();
  const hanging = stack.use(await hangingService());
  const healthy = stack.use(await healthyService());
  const sites = {
    off: stack.use(await openSite(learningApp('off', healthy.url))),
    twin: stack.use(await openSite(learningApp('off', healthy.url))),
    healthy: stack.use(await openSite(learningApp('dualwrite', healthy.url))),
    hanging: stack.use(await openSite(learningApp('dualwrite', hanging.url))),
  };
  const names = Object.keys(sites) as (keyof typeof sites)[];
  const seen = { off: [], twin: [], healthy: [], hanging: [] } as Record<
    keyof typeof sites,
    Latency[]
  >;
  for (let turn = -1; turn < blocks; turn += 1) {
    for (const name of names) {
      const latency = await block(sites[name].ask, requests / blocks);
      if (turn >= 0) seen[name].push(latency);
    }
  }
  const of = (name: keyof typeof sites): Latency => ({
    p50: median(seen[name].map(({ p50 }) => p50)),
    p99: median(seen[name].map(({ p99 }) => p99)),
  });
  return { off: of('off'), twin: of('twin'), healthy: of('healthy'), hanging: of('hanging') };
}
