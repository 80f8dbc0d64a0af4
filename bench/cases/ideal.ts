import type { BenchCase } from '../measure.ts';
import { candidate, legacy } from './legs.ts';

/** MurmurHash3 x86 32 of a text's code units, as bytes: right for ASCII, which is all that an ideal needs. */
function murmur3(text: string, seed: number): number {
  const { length } = text;
  const end = length & ~3;
  let hash = seed;
  for (let i = 0; i < end; i += 4) {
    let block =
      text.charCodeAt(i) |
      (text.charCodeAt(i + 1) << 8) |
      (text.charCodeAt(i + 2) << 16) |
      (text.charCodeAt(i + 3) << 24);
    block = Math.imul(block, 0xcc9e2d51);
    hash ^= Math.imul((block << 15) | (block >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = length - 1; i >= end; i -= 1) tail = (tail << 8) | text.charCodeAt(i);
  tail = Math.imul(tail, 0xcc9e2d51);
  hash ^= Math.imul((tail << 15) | (tail >>> 17), 0x1b873593) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const seed = murmur3('ideal', 0);
const half = 2 ** 31;

/** What physics allows a router that is sticky and can fall back: a hash, a counter, a branch, an async frame. */
export function idealRouter(): BenchCase {
  const counters = { calls: 0, fallbacks: 0 };
  return {
    async call(user, message) {
      counters.calls += 1;
      const isInside = murmur3(user, seed) < half;
      try {
        return await (isInside ? candidate(undefined, user, message) : legacy(user, message));
      } catch {
        counters.fallbacks += 1;
        return await legacy(user, message);
      }
    },
  };
}

/** The same with what physics asks of a hand-over to the background: one object a call, put into a ring. */
export function idealOffer(): BenchCase {
  const router = idealRouter();
  const ring = new Array<object | undefined>(1024).fill(undefined);
  let tail = 0;
  return {
    async call(user, message) {
      const isInside = murmur3(user, seed) < half;
      let reply: unknown;
      try {
        reply = await (isInside ? candidate(undefined, user, message) : legacy(user, message));
      } catch {
        reply = await router.call(user, message);
      }
      const leg = isInside ? 'candidate' : 'legacy';
      ring[tail & 1023] = {
        tenant: user,
        user,
        message,
        reply,
        leg,
        startedAt: 0,
        next: undefined,
      };
      tail += 1;
      return reply;
    },
  };
}
