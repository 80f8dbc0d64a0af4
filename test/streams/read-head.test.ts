import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { readHead } from '../../src/router/replies/captured-reply.ts';

/** A response as Node leaves it once it was sent: the head's own text, and what its getters know. */
const sent = (
  head: string | undefined,
  getters: Readonly<Record<string, unknown>> = {},
  more: object = {},
): ServerResponse =>
  ({
    _header: head,
    statusCode: 200,
    getHeader: (name: string) => getters[name],
    ...more,
  }) as never;

const nothing = {
  method: 'GET',
  status: 200,
  contentType: undefined,
  contentEncoding: undefined,
  contentLength: undefined,
};

describe('the head of a response that was sent', () => {
  it('is what its getters know', () => {
    const getters = { 'content-type': 'text/html', 'content-encoding': 'br', 'content-length': 12 };
    expect(
      readHead(sent('HTTP/1.1 201 Created\r\n\r\n', getters, { req: { method: 'PUT' } })),
    ).toEqual({
      method: 'PUT',
      status: 201,
      contentType: 'text/html',
      contentEncoding: 'br',
      contentLength: 12,
    });
  });

  it('is what its text says of headers that were given to writeHead alone', () => {
    const text =
      'HTTP/1.1 404 Not Found\r\nContent-Type:  text/plain\r\ncontent-encoding: gzip\r\nCONTENT-LENGTH: 7\r\n\r\n';
    expect(readHead(sent(text))).toEqual({
      ...nothing,
      status: 404,
      contentType: 'text/plain',
      contentEncoding: 'gzip',
      contentLength: 7,
    });
  });

  it('is the first of two lines of one name, as a client takes it', () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\ncontent-type: c/d\r\n\r\n';
    expect(readHead(sent(text)).contentType).toBe('a/b');
    expect(readHead(sent(text)).contentType).toBe('a/b');
  });

  it('has the status that was sent, not one that was set later', () => {
    expect(readHead(sent('HTTP/1.1 503 x\r\n\r\n', {}, { statusCode: 200 })).status).toBe(503);
  });

  it('prefers a getter to the text, header by header', () => {
    const text = 'HTTP/1.1 200 OK\r\ncontent-type: a/b\r\ncontent-length: 1\r\n\r\n';
    const getters = { 'content-type': 'c/d', 'content-length': '2' };
    expect(readHead(sent(text, getters))).toMatchObject({ contentType: 'c/d', contentLength: 2 });
  });

  it('looks for no encoding in the text of one whose type has a getter', () => {
    const text = 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n';
    expect(readHead(sent(text, { 'content-type': 'a/b' })).contentEncoding).toBeUndefined();
    expect(readHead(sent(text)).contentEncoding).toBe('gzip');
  });

  it.each([undefined, 7, null])('is its status alone where its text is %j', (head) => {
    expect(readHead(sent(head as never, {}, { statusCode: 418 }))).toEqual({
      ...nothing,
      status: 418,
    });
  });

  it('takes no part of another header for one', () => {
    const text = 'HTTP/1.1 200 OK\r\nx-content-type: a/b\r\nx: content-length: 7\r\n\r\n';
    expect(readHead(sent(text))).toEqual(nothing);
  });
});
