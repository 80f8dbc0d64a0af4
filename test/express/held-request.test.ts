import type { IncomingHttpHeaders } from 'node:http';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { heldRequest } from '../../src/router/adapters/node/held-request.ts';

function request(headers: IncomingHttpHeaders): IncomingMessage {
  const req = new IncomingMessage(new Socket());
  Object.assign(req.headers, headers);
  req.url = '/chat?x=1';
  return req;
}

const bodyOf = async (type: string | undefined, raw: string | Buffer, more = {}) =>
  (
    await heldRequest(
      request({ ...(type && { 'content-type': type }), ...more }),
      Buffer.from(raw as string),
    )
  ).body;

describe('the request that `read` gets', () => {
  it('is the request with a body, while the request itself gets none', async () => {
    const req = request({ 'content-type': 'application/json' });
    const held = await heldRequest(req, Buffer.from('{"a":1}'));
    expect(held.body).toEqual({ a: 1 });
    expect(held.url).toBe('/chat?x=1');
    expect(held).toBeInstanceOf(IncomingMessage);
    expect('body' in req).toBe(false);
  });

  it.each<[string | undefined, string | Buffer, unknown]>([
    ['application/json', '{"message":"hé"}', { message: 'hé' }],
    ['application/vnd.api+json; charset=utf-8', '[1]', [1]],
    ['application/json', '\ufeff{"bom":true}', { bom: true }],
    ['application/json; charset=utf-16le', Buffer.from('{"a":"é"}', 'utf16le'), { a: 'é' }],
    ['application/json', '{"message": ', undefined],
    ['application/json', '', undefined],
    ['text/plain', 'héllo', 'héllo'],
    ['text/plain; charset=latin1', Buffer.from('café', 'latin1'), 'café'],
    ['text/plain; charset=klingon', 'x', undefined],
    ['application/octet-stream', Buffer.from([0, 255]), Buffer.from([0, 255])],
    [undefined, 'typeless', Buffer.from('typeless')],
  ])('has a body by its content type: %s', async (type, raw, expected) => {
    expect(await bodyOf(type, raw)).toEqual(expected);
  });

  it('has the fields of a form, repeated ones as a list, none of them inherited', async () => {
    const body = await bodyOf(
      'application/x-www-form-urlencoded',
      'a=1&b=x+y&b=%E2%9C%93&__proto__=p',
    );
    expect(Object.entries(body as object)).toEqual([
      ['a', '1'],
      ['b', ['x y', '✓']],
      ['__proto__', 'p'],
    ]);
  });

  it('has a compressed body decoded, up to a bound', async () => {
    const encoded = { 'content-encoding': 'gzip' };
    expect(await bodyOf('application/json', gzipSync('{"a":1}'), encoded)).toEqual({ a: 1 });
    expect(
      await bodyOf('text/plain', gzipSync(Buffer.alloc(5_000_000, 'a')), encoded),
    ).toBeUndefined();
    expect(await bodyOf('text/plain', 'not gzip', encoded)).toBeUndefined();
    expect(await bodyOf('text/plain', 'x', { 'content-encoding': 'rot13' })).toBeUndefined();
  });
});
