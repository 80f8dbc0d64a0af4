import { describe } from 'vitest';
import { testBehaviour } from './behaviour.ts';
import { expressWay } from './express-way.ts';
import { fastifyWay } from './fastify-way.ts';
import { fetchWay } from './fetch-way.ts';
import { plainWay } from './plain-way.ts';

// Hono last: its server puts a `Response` of its own in the place of the global one.
const ways = [
  plainWay,
  expressWay('Express 4'),
  expressWay('Express 5'),
  fastifyWay,
  fetchWay('node:http'),
  fetchWay('Hono'),
];

describe.each(ways)('a route behind $name', (way) => testBehaviour(way));
