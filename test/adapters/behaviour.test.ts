import { beforeEach, describe, it, vi } from 'vitest';
import { background } from './background.ts';
import { expressWay } from './express-way.ts';
import { fastifyWay } from './fastify-way.ts';
import { fetchWay } from './fetch-way.ts';
import { plainWay } from './plain-way.ts';
import { serving } from './serving.ts';
import { streams } from './streams.ts';

// Hono last: its server puts a `Response` of its own in the place of the global one.
const ways = [
  plainWay,
  expressWay('Express 4'),
  expressWay('Express 5'),
  fastifyWay,
  fetchWay('node:http'),
  fetchWay('Hono'),
];

// Hono's server prints what a stream fails with.
beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue());

// What every way in does alike: the same cases, on a real socket.
describe.each(ways)('a route behind $name', (way) => {
  it.each(Object.entries({ ...serving, ...background, ...streams }))('%s', (_name, behave) =>
    behave(way),
  );
});
