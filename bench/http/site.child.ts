// A server of one framework and variant. Whoever started it asks for its CPU time, before and after a block.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { droppedOf, uncounted } from '../conservation.ts';
import type { MeasuredApp } from './app.ts';
import { expressApp } from './express-app.ts';
import { fastifyApp } from './fastify-app.ts';
import type { Mark } from './site.ts';
import { busierMicros, type Framework, type Variant } from './variants.ts';

const apps: Readonly<Record<Framework, (variant: Variant) => Promise<MeasuredApp>>> = {
  'Express 5': expressApp,
  'Fastify 5': fastifyApp,
};

/** Works for a known time before it answers. */
function afterWork(listener: RequestListener): RequestListener {
  return (req, res) => {
    const until = performance.now() + busierMicros / 1000;
    while (performance.now() < until);
    listener(req, res);
  };
}

const [framework, variant] = process.argv.slice(2) as [Framework, Variant];
const app = await apps[framework](variant);
const server = createServer(variant === 'busier' ? afterWork(app.listener) : app.listener).listen(
  0,
  '127.0.0.1',
);
await once(server, 'listening');

/** CPU of the whole process, with all that the requests began. */
async function mark(): Promise<Mark> {
  await app.drain();
  const { user, system } = process.cpuUsage();
  const lanes = app.lanes() ?? [];
  return {
    cpuMicros: user + system,
    accepted: lanes.reduce((sum, lane) => sum + lane.accepted, 0),
    lost: lanes.reduce((sum, lane) => sum + droppedOf(lane) + uncounted(lane), 0),
  };
}

process.on('message', async () => process.send?.(await mark()));
process.on('disconnect', () => process.exit());
process.send?.((server.address() as AddressInfo).port);
