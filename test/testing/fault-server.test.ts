import { once } from 'node:events';
import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import net from 'node:net';
import { connect } from 'node:tls';
import {
  type Fault,
  type FaultServerOptions,
  fakeClock,
  faultServer,
  faults,
} from 'engramia-cutover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function start(fault: Fault, options: FaultServerOptions = {}) {
  const server = await faultServer({ fault, ...options });
  onTestFinished(() => server.close());
  return server;
}

const ask = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${url}/v1/learn`, { method: 'POST', body: '{}', redirect: 'manual', ...init });

/** The code of what a request failed with. */
async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  const error = await work.then(
    () => expect.unreachable('it was answered'),
    (reason: Error & { cause?: { code?: string } }) => reason,
  );
  return error.cause?.code ?? error.name;
}

describe('a fault server', () => {
  it('answers as it should while nothing is wrong', async () => {
    const server = await start('none', { answer: { stored: false } });
    const response = await ask(server.url);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ stored: false });
    expect(server).toMatchObject({ requests: 1, stored: 1, connections: 1, fault: 'none' });
  });

  it('refuses connections, and takes them again on the same port when it is mended', async () => {
    const server = await start('none');
    const { url } = server;
    await (await ask(url)).text();
    await server.set('refuse');
    expect(await codeOf(ask(url))).toBe('ECONNREFUSED');
    await server.set('none');
    expect((await ask(url)).status).toBe(200);
    expect(server.url).toBe(url);
    expect(server.requests).toBe(2);
  });

  it('refuses from the start', async () => {
    const server = await start('refuse');
    expect(await codeOf(ask(server.url))).toBe('ECONNREFUSED');
    expect(server.connections).toBe(0);
  });

  it('takes a request and never answers', async () => {
    const server = await start('hang');
    const controller = new AbortController();
    const asking = ask(server.url, { signal: controller.signal });
    const [answer] = await Promise.all([codeOf(asking), untilRead(server, controller)]);
    expect(answer).toBe('AbortError');
    expect(server).toMatchObject({ requests: 1, stored: 0 });
  });

  it('resets before the head', async () => {
    const server = await start('reset-before-head');
    expect(['ECONNRESET', 'UND_ERR_SOCKET']).toContain(await codeOf(ask(server.url)));
    expect(server).toMatchObject({ requests: 1, stored: 0 });
  });

  it('resets in the middle of the body, after the work was done', async () => {
    const server = await start('reset-mid-body');
    const response = await ask(server.url);
    expect(response.status).toBe(200);
    expect(['ECONNRESET', 'UND_ERR_SOCKET']).toContain(await codeOf(response.text()));
    expect(server.stored).toBe(1);
  });

  it('drips a byte each interval', async () => {
    const clock = fakeClock();
    const server = await start('drip', { clock, dripMs: 1000, answer: [1, 2] });
    const [response] = await once(get(server.url), 'response');
    const chunks: string[] = [];
    response.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    for (let byte = 1; byte < '[1,2]'.length; byte += 1) {
      while (chunks.join('').length < byte) await nextTurn();
      await clock.advance(999);
      expect(chunks.join('')).toBe('[1,2]'.slice(0, byte));
      await clock.advance(1);
    }
    while (!response.readableEnded) await nextTurn();
    expect(chunks.join('')).toBe('[1,2]');
    expect(clock.pending).toBe(0);
  });

  it('forgets a drip when the client leaves', async () => {
    const clock = fakeClock();
    const server = await start('drip', { clock });
    const [response] = await once(get(server.url), 'response');
    expect(clock.pending).toBe(1);
    response.destroy();
    while (clock.pending > 0) await clock.advance(0);
    expect(server.requests).toBe(1);
  });

  it.each<[Fault, string]>([
    ['retry-after-huge', '99999999999999999999'],
    ['retry-after-negative', '-60'],
    ['retry-after-far-date', 'Fri, 31 Dec 9999 23:59:59 GMT'],
    ['retry-after-garbage', 'in a while; perhaps'],
  ])('%s answers 429 and asks to come back after "%s"', async (fault, told) => {
    const server = await start(fault);
    const response = await ask(server.url);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe(told);
    expect(await response.json()).toEqual({ detail: 'Too Many Requests' });
  });

  it('answers 200 with a page instead of JSON', async () => {
    const response = await ask((await start('html')).url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await response.text()).toMatch(/^<!doctype html>/);
  });

  it('answers 200 with JSON that ends too early, as if that were all', async () => {
    const response = await ask((await start('truncated-json')).url);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toHaveLength(Number(response.headers.get('content-length')));
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  it('answers with 100 MB of valid JSON, or as much as is asked for', async () => {
    const server = await start('huge-body');
    const response = await ask(server.url);
    let bytes = 0;
    for await (const chunk of response.body ?? []) bytes += chunk.length;
    expect(bytes).toBe(100_000_000);
    const small = await ask((await start('huge-body', { bodyBytes: 200_000 })).url);
    expect(JSON.stringify(await small.json())).toHaveLength(200_000);
  });

  it('goes on for ever with chunks, until the client has had enough', async () => {
    const server = await start('endless-chunks');
    const response = await ask(server.url);
    expect(response.headers.get('content-length')).toBeNull();
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let bytes = 0;
    while (bytes < 5_000_000) bytes += (await reader.read()).value?.length ?? Number.NaN;
    await reader.cancel();
    await server.close();
    expect(server.open).toBe(0);
  });

  it('redirects to another host, and to plain http', async () => {
    const server = await start('redirect');
    const response = await ask(server.url);
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe('https://elsewhere.invalid/v1/learn');
    await server.set('redirect-insecure');
    const insecure = await ask(server.url);
    expect(insecure.headers.get('location')).toBe('http://elsewhere.invalid/v1/learn');
  });

  it('can redirect to a server that counts who follows', async () => {
    const other = await start('none');
    const server = await start('redirect', { redirectTo: other.url });
    await (await ask(server.url, { redirect: 'follow' })).text();
    expect(other.requests).toBe(1);
  });

  it('shows a certificate that only fails for being signed by itself', async () => {
    const server = await start('tls-self-signed');
    expect(server.url).toMatch(/^https:/);
    expect(await codeOf(ask(server.url))).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(server.requests).toBe(0);
    const { port } = new URL(server.url);
    const ca = await certificateOf(Number(port));
    for (const host of ['localhost', '127.0.0.1']) {
      const request = getSecurely({ host, family: 4, port, ca });
      const [response] = await once(request, 'response');
      expect([host, response.statusCode]).toEqual([host, 200]);
      response.resume();
      request.destroy();
    }
  });

  it('answers a TLS greeting in plain text', async () => {
    const server = await start('tls-plain-text');
    expect(server.url).toMatch(/^https:/);
    expect(await codeOf(ask(server.url))).toBe('ERR_SSL_WRONG_VERSION_NUMBER');
    expect(server).toMatchObject({ requests: 0, connections: 1 });
  });

  it('answers 500 as plain text although the work is done', async () => {
    const server = await start('error-after-storing');
    const response = await ask(server.url);
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toBe('Internal Server Error');
    expect(server.stored).toBe(1);
  });

  it('does the work at once and answers late', async () => {
    const clock = fakeClock();
    const server = await start('late', { clock });
    const asking = ask(server.url);
    while (server.stored === 0) await clock.advance(0);
    expect(clock.pending).toBe(1);
    await clock.advance(15_000);
    expect(await (await asking).json()).toEqual({ stored: true, pattern_count: 1 });
  });

  it('goes on with an answer that has begun when the fault changes', async () => {
    const clock = fakeClock();
    const server = await start('late', { clock });
    const asking = ask(server.url);
    while (server.stored === 0) await clock.advance(0);
    await server.set('html');
    await clock.advance(15_000);
    expect((await asking).headers.get('content-type')).toBe('application/json');
    expect((await ask(server.url)).headers.get('content-type')).toMatch(/^text\/html/);
  });

  it.each(faults)('closes at once and for good with %s, whatever is under way', async (fault) => {
    const server = await start(fault, { dripMs: 60_000, lateMs: 60_000 });
    const { url } = server;
    const asking = Promise.allSettled([
      ask(url).then((response) => response.text()),
      ask(url).then((response) => response.text()),
    ]);
    const idle = net.connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
    await new Promise((resolve) => idle.once(fault === 'refuse' ? 'close' : 'connect', resolve));
    await Promise.all([server.close(), server.close()]);
    await asking;
    expect(server.open).toBe(0);
    await server.set('none');
    expect(await codeOf(ask(url))).toBe('ECONNREFUSED');
  });

  it('names every option that cannot be used', async () => {
    const wrong = { fault: 'explode', dripMs: 0, redirectTo: 'elsewhere', latMs: 1 };
    await expect(faultServer(wrong as unknown as FaultServerOptions)).rejects.toThrow(
      /latMs is not an option.*fault must be one of.*dripMs must.*redirectTo must/s,
    );
    const server = await start('none');
    await expect(server.set('explode' as Fault)).rejects.toThrow(/fault must be one of/);
    expect(server.fault).toBe('none');
  });
});

/** Gives a request up as soon as the server has read it. */
async function untilRead(
  server: { readonly requests: number },
  controller: AbortController,
): Promise<void> {
  while (server.requests === 0) await nextTurn();
  controller.abort();
}

/** The certificate that a port shows, as PEM. */
async function certificateOf(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const bytes = socket.getPeerX509Certificate()?.toString() ?? '';
  socket.destroy();
  return bytes;
}
