import { describe, expect, it } from 'vitest';
import { exchanging } from './exchanging.ts';

describe('the client of an exchange', () => {
  it('has left when its connection is closed before the reply is whole', () => {
    const { exchange, raw } = exchanging();
    expect([exchange.signal.aborted, exchange.gone]).toEqual([false, false]);
    expect(exchange.signal).toBe(exchange.signal);
    raw.closed = true;
    raw.emit('close');
    expect([exchange.signal.aborted, exchange.gone]).toEqual([true, true]);
  });

  it('may have left before anybody asked', () => {
    const { exchange, raw } = exchanging();
    raw.closed = true;
    expect(exchange.signal.aborted).toBe(true);
  });

  it('has not left when its reply was whole', () => {
    const { exchange, raw } = exchanging();
    const { signal } = exchange;
    Object.assign(raw, { closed: true, writableFinished: true });
    raw.emit('close');
    expect([signal.aborted, exchange.gone]).toEqual([false, false]);
  });

  it('is no longer ours once somebody else has begun to reply', () => {
    const { exchange, raw } = exchanging(() => undefined);
    raw.headersSent = true;
    expect(exchange.gone).toBe(true);
    void exchange.passOn();
    expect(exchange.gone).toBe(false);
  });

  it('gets nothing of a reply that was over before it was watched', async () => {
    for (const over of [{ closed: true }, { writableFinished: true }]) {
      const { exchange, raw } = exchanging();
      Object.assign(raw, over);
      exchange.watch();
      await expect(exchange.delivered).rejects.toThrow('The reply was cut short.');
    }
  });

  it.each<[number, string, string | undefined]>([
    [200, 'finish', undefined],
    [399, 'finish', undefined],
    [400, 'finish', 'The reply has status 400.'],
    [200, 'close', 'The reply was cut short.'],
  ])('gets a reply of status %i that ends by %s: %s', async (statusCode, event, message) => {
    const { exchange, raw } = exchanging();
    Object.assign(raw, { statusCode });
    exchange.watch();
    raw.emit(event);
    const delivered = exchange.delivered.then(
      () => undefined,
      (error: Error) => error.message,
    );
    expect(await delivered).toBe(message);
  });

  it('gets what nobody watched, whatever became of it', async () => {
    expect(await exchanging().exchange.delivered).toBeUndefined();
  });
});
