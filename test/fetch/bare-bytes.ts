import { type Stage, shadowSafe } from 'engramia-cutover';
import { type FlagProvider, memoryFlags } from 'engramia-cutover/flags';
import { beforeEach, expect, it, vi } from 'vitest';
import { exchange, normalized } from '../express/raw-client.ts';
import { type ChatOptions, startHandler } from './chat-handler.ts';
import { replyKinds } from './reply-kinds.ts';
import { type FetchApp, type FetchServer, fetchServers } from './servers.ts';

const head = (method: string, ...more: string[]): string =>
  [`${method} /chat HTTP/1.1`, 'Host: chat.test', 'Connection: close', ...more, '', ''].join(
    '\r\n',
  );

const body = '{"message":"Build a CSV parser"}';
const json = 'Content-Type: application/json';

/** Requests as they are on the wire, in pieces. */
const requests: Readonly<Record<string, readonly string[]>> = {
  GET: [head('GET')],
  HEAD: [head('HEAD')],
  POST: [head('POST', json, `Content-Length: ${body.length}`), body],
  'POST without a body': [head('POST', 'Content-Length: 0')],
  'POST in chunks': [
    head('POST', json, 'Transfer-Encoding: chunked'),
    `6\r\n${body.slice(0, 6)}\r\n`,
    `${(body.length - 6).toString(16)}\r\n${body.slice(6)}\r\n`,
    '0\r\n\r\n',
  ],
};

const later = (stage: Stage): FlagProvider => ({
  metadata: { name: 'later' },
  resolveStringEvaluation: async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return { value: stage };
  },
});

const identify: ChatOptions['identify'] = () => ({ tenant: 'acme', task: 'Build a CSV parser' });

async function replies(server: FetchServer, app: FetchApp): Promise<Map<string, string>> {
  await using listening = await fetchServers[server](app);
  const all = new Map<string, string>();
  for (const [name, parts] of Object.entries(requests)) {
    all.set(name, normalized(await exchange(listening.port, parts)));
  }
  return all;
}

// How Hono's server frames a reply, spells its headers and types a text depends on whether anybody has looked at it.
const framing = /^(content-length|transfer-encoding|content-type: text\/plain)/;

/** The data of a chunked body; one that was cut off is cut off here too. */
function dechunked(body: string): string {
  let data = '';
  let at = 0;
  for (;;) {
    const [line = '', size = ''] = /^([0-9a-f]+)\r\n/.exec(body.slice(at)) ?? [];
    const length = Number.parseInt(size, 16) || 0;
    if (length === 0) return data;
    data += body.slice(at + line.length, at + line.length + length);
    at += line.length + length + 2;
  }
}

/** A reply apart from its framing. */
function unframed(raw: string): { status: string; headers: string[]; body: string } {
  const [top = '', rest = ''] = raw.split(/\r\n\r\n(.*)/s);
  const [status = '', ...lines] = top.split('\r\n');
  const headers = lines.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()));
  const isChunked = headers.includes('transfer-encoding: chunked');
  return {
    status,
    headers: headers.filter((line) => !framing.test(line)).sort(),
    body: isChunked ? dechunked(rest) : rest,
  };
}

const byLegacy: readonly Stage[] = ['off', 'dualwrite', 'shadow'];

const reading: Readonly<Record<FetchServer, (raw: string) => unknown>> = {
  Hono: unframed,
  'node:http': (raw) => raw,
};

/**
 * What users get of a wrapped handler, in every stage, compared with what they get of the bare one. A file for each server:
 * Hono's puts its own `Response` in the place of the global one.
 */
export function testBareBytes(server: FetchServer): void {
  // Hono's server prints what a stream fails with.
  beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue());

  const kinds = Object.entries(replyKinds);

  const known = new Map<FetchApp, Promise<Map<string, string>>>();
  const bareReplies = (app: FetchApp): Promise<Map<string, string>> => {
    const asked = known.get(app) ?? replies(server, app);
    known.set(app, asked);
    return asked;
  };

  it.each(kinds)(
    'answers %s as the bare handler does, byte for byte in stage off',
    async (_kind, legacy) => {
      const bare = await bareReplies(legacy);
      for (const stage of byLegacy) {
        for (const flags of [memoryFlags(stage), later(stage)]) {
          await using chat = await startHandler(stage, {
            legacy,
            candidate: shadowSafe(async () => 'mirrored'),
            identify,
            flags,
          });
          const got = await replies(server, (request) => chat.handler(request));
          const read = stage === 'off' ? (raw: string) => raw : reading[server];
          expect([...got.values()].map(read)).toEqual([...bare.values()].map(read));
          expect(chat.handler.stats().routes.chat?.stages[stage]).toBe(5);
        }
      }
    },
  );

  it.each(kinds)('sends %s of a candidate as it would be sent bare', async (_kind, answer) => {
    const bare = await bareReplies(answer);
    for (const stage of ['live', 'rampdown', 'complete'] as const) {
      await using chat = await startHandler(stage, {
        legacy: () => new Response('legacy'),
        candidate: (_context, request) => answer(request),
        identify,
        fallback: { when: 'never' },
      });
      const got = await replies(server, (request) => chat.handler(request));
      const read = reading[server];
      expect([...got.values()].map(read)).toEqual([...bare.values()].map(read));
      expect(chat.handler.stats().routes.chat?.stages[stage]).toBe(5);
    }
  });
}
