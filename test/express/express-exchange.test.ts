import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { ExpressExchange } from '../../src/router/adapters/express/express-exchange.ts';

const req = {} as Request;
const res = { headersSent: false } as Response;

describe('an exchange', () => {
  it('calls `next` in the tick of the middleware, but not from within the call that chose legacy', () => {
    let calls = 0;
    const exchange = new ExpressExchange(req, res, () => (calls += 1));
    void exchange.passOn();
    expect(calls).toBe(0);
    exchange.leaveMiddleware();
    expect(calls).toBe(1);
  });

  it('calls `next` on a stack of its own when legacy is chosen later', async () => {
    let calls = 0;
    const exchange = new ExpressExchange(req, res, () => (calls += 1));
    exchange.leaveMiddleware();
    const delivered = exchange.passOn();
    expect(calls).toBe(0);
    await delivered;
    expect(calls).toBe(1);
    exchange.fail(new Error('too late'));
    await delivered;
    expect(calls).toBe(1);
  });
});
