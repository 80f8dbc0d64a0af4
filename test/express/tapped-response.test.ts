import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CandidateReply } from '../../src/router/adapters/node/candidate-reply.ts';
import { heldRequest } from '../../src/router/adapters/node/held-request.ts';
import { replyStatus } from '../../src/router/adapters/node/reply-status.ts';
import { tapReply } from '../../src/router/adapters/node/reply-tap.ts';

/** A response that writes nowhere. */
class Sink extends EventEmitter {
  statusCode = 200;
  onWrite = (): void => undefined;
  onEnd = (): void => undefined;
  getHeader(): undefined {
    return undefined;
  }
  write(..._given: unknown[]): boolean {
    this.onWrite();
    return true;
  }
  end(..._given: unknown[]): this {
    this.onEnd();
    return this;
  }
}
const tapped = (maxBytes?: number) => {
  const res = new Sink();
  const reply = tapReply(res as unknown as ServerResponse, { maxBytes });
  const captured = async () => {
    res.emit('finish');
    res.emit('close');
    const { chunks = [], byteLength, truncated } = (await reply) ?? {};
    return { text: Buffer.concat(chunks).toString('latin1'), byteLength, truncated };
  };
  return { res, reply, captured };
};

describe('the bytes of a response that was tapped', () => {
  it.each<[string, unknown[], string]>([
    ['a text', ['ab'], 'ab'],
    ['a text in UTF-8', ['é'], '\xc3\xa9'],
    ['a text in another encoding', ['é', 'latin1'], '\xe9'],
    ['a text in hex', ['6162', 'hex'], 'ab'],
    ['a text in an encoding that there is not', ['ab', 'klingon'], 'ab'],
    ['a text before a callback', ['ab', () => undefined], 'ab'],
    ['bytes', [Buffer.from('ab')], 'ab'],
    ['nothing', [], ''],
    ['null', [null], ''],
    ['a callback alone', [() => undefined], ''],
  ])('are those of %s', async (_what, given, text) => {
    for (const method of ['write', 'end'] as const) {
      const { res, captured } = tapped();
      res[method](...given);
      expect(await captured()).toEqual({ text, byteLength: text.length, truncated: false });
    }
  });

  it.each([7, true, {}, ['a'], new Float64Array(1)])(
    'are unknown where %o was written',
    async (chunk) => {
      const { res, captured } = tapped();
      res.write('ab');
      res.write(chunk);
      res.write('cd');
      expect(await captured()).toEqual({ text: '', byteLength: 0, truncated: true });
    },
  );

  it.each<[string, unknown[][], boolean]>([
    ['as many bytes as it may', [['ab'], ['cd']], false],
    ['one more, of text', [['ab'], ['cde']], true],
    ['one more, of bytes', [['ab'], [Buffer.from('cde')]], true],
    ['one more, of units of two bytes', [['ab'], ['éa']], true],
    ['as many, of hex', [['61626364', 'hex']], false],
    ['one more, of hex', [['6162636465', 'hex']], true],
    ['far more text', [['x'.repeat(100)]], true],
    ['far more bytes', [[Buffer.alloc(100)]], true],
  ])('are kept up to a bound: %s', async (_what, writes, truncated) => {
    const { res, captured } = tapped(4);
    for (const write of writes) res.write(...write);
    expect(await captured()).toMatchObject({ truncated, byteLength: truncated ? 0 : 4 });
  });

  it('are copied: what is written into a buffer later is not sent', async () => {
    const { res, captured } = tapped();
    const chunk = Buffer.from('before');
    res.write(chunk);
    chunk.write('after!');
    expect((await captured()).text).toBe('before');
  });

  it('are counted once where one method writes by another, and not after the end', async () => {
    const { res, captured } = tapped();
    const { write } = res;
    let isNested = false;
    res.onWrite = () => {
      if (isNested) return;
      isNested = true;
      res.write('ab');
    };
    write.call(res, 'ab');
    res.end('c');
    res.write('d');
    expect((await captured()).text).toBe('abc');
  });

  it.each([['finish'], ['finish', 'close']])(
    'are all there where the end is told inside of the call that ends it: %s %s',
    async (...told) => {
      const { res, reply } = tapped();
      res.onEnd = () => {
        for (const event of told) res.emit(event);
      };
      res.write('ab');
      res.end('cd');
      expect(Buffer.concat((await reply)?.chunks ?? []).toString()).toBe('abcd');
    },
  );

  it('are let go of, and nothing more is kept, once it is over', async () => {
    const { res, reply } = tapped();
    res.write('ab');
    res.emit('close');
    res.emit('finish');
    res.write('cd');
    expect(await reply).toBeUndefined();
  });
});

describe('the status of a response', () => {
  it.each<[string, unknown]>([
    ['finish', { status: 201 }],
    ['close', undefined],
  ])('by its first event, %s, is %o', async (event, expected) => {
    const res = Object.assign(new Sink(), { statusCode: 201 });
    const status = replyStatus(res as unknown as ServerResponse);
    res.emit(event);
    res.emit('finish');
    res.emit('close');
    expect(await status).toEqual(expected);
  });
});

describe('the request that `read` gets', () => {
  it('has a body of its own, as any other property', async () => {
    const req = Object.assign(new IncomingMessage(new Socket()), { url: '/' });
    const held = await heldRequest(req, Buffer.from('ab'));
    expect(Object.getOwnPropertyDescriptor(held, 'body')).toEqual({
      value: Buffer.from('ab'),
      writable: true,
      enumerable: true,
      configurable: true,
    });
    expect((await heldRequest(req, Buffer.alloc(0))).body).toBeUndefined();
  });
});

describe('a candidate’s reply that is not sent', () => {
  it('is cancelled where it is a stream', () => {
    const cancelled: string[] = [];
    const source = { next: async () => undefined, cancel: () => void cancelled.push('cancelled') };
    const streamed = { kind: 'stream', head: undefined, first: 'a', source } as const;
    new CandidateReply({} as never, 'value', streamed).discard();
    new CandidateReply({} as never, 'value', { ...streamed, source: undefined }).discard();
    new CandidateReply({} as never, 'value', { kind: 'text', body: 'x' }).discard();
    expect(cancelled).toEqual(['cancelled']);
  });
});
