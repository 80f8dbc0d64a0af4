import { createCutover, InvalidOptionsError } from 'engramia-cutover';
import {
  type ExpressCutoverOptions,
  type ExpressRouteOptions,
  expressCutover,
} from 'engramia-cutover/express';
import { memoryFlags } from 'engramia-cutover/flags';
import express, { type Request, type RequestHandler } from 'express';
import { beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';

const flags = memoryFlags('off');
const route = {
  name: 'chat',
  read: (req: Request) => ({ message: String(req.body.message) }),
  identify: ({ message }: { message: string }) => ({ tenant: 'acme', task: message }),
  candidate: () => 'x',
};

function issuesOf(options: unknown): readonly string[] {
  try {
    expressCutover(options as ExpressCutoverOptions<unknown>);
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.issues;
    throw error;
  }
  return [];
}

let otherCopy: typeof import('../../src/create.ts');

// Before the tests: what a copy does on being loaded is part of none of them. And nobody else is to get it.
beforeAll(async () => {
  vi.resetModules();
  otherCopy = await import('../../src/create.ts');
  vi.resetModules();
});

describe('the options of expressCutover', () => {
  it('are refused with every issue at once', () => {
    const issues = issuesOf({
      name: '',
      read: 'no',
      candidate: 1,
      body: 'stream',
      maxBodyBytes: 0,
      maxReplyBytes: -1,
      legacy: () => 'x',
      decideTimeoutMs: 0,
      learn: { maxCodeChars: 0 },
      colour: 'red',
    });
    for (const part of [
      /^name must/,
      /^read must/,
      /^candidate must/,
      /^identify is missing/,
      /^body must/,
      /^maxBodyBytes must/,
      /^maxReplyBytes must/,
      /^legacy is not an option/,
      /^flags is missing/,
      /^decideTimeoutMs must/,
      /^learn.maxCodeChars must/,
      /^colour is not an option/,
    ]) {
      expect(issues).toContainEqual(expect.stringMatching(part));
    }
    expect(issues).toHaveLength(12);
  });

  it.each([undefined, null, 'x'])('are refused when they are %s', (options) => {
    expect(issuesOf(options)).toHaveLength(1);
  });

  it('are named where one is misspelt: those that there are, and no legacy', () => {
    const [issue = ''] = issuesOf({ ...route, flags, maxBodybytes: 5 });
    const there = issue.replace(/.*there are: (.*)\)/, '$1').split(', ');
    expect(there).toEqual(
      expect.arrayContaining(['read', 'body', 'maxBodyBytes', 'maxBodyWaitMs', 'cutover', 'flags']),
    );
    expect(there).not.toContain('legacy');
  });

  it('do not take shared options together with a cutover', () => {
    const cutover = createCutover({ flags });
    expect(issuesOf({ ...route, cutover, flags })).toEqual([
      expect.stringMatching(/^flags is not an option/),
    ]);
    expect(issuesOf({ ...route, cutover })).toEqual([]);
  });

  it('say that a cutover of another copy of the library, as monorepos have, is of another copy', () => {
    for (const cutover of [{}, otherCopy.createCutover({ flags })])
      expect(issuesOf({ ...route, cutover })).toEqual([
        'cutover must be made by createCutover() of the same copy of engramia-cutover',
      ]);
  });

  it('take a cutover that is undefined for one that was not given', () => {
    expect(issuesOf({ ...route, cutover: undefined, flags })).toEqual([]);
    expect(issuesOf({ ...route, cutover: undefined })).toEqual([
      expect.stringMatching(/^flags is missing/),
    ]);
  });

  it('do not promise that a reply waits for its own learning', () => {
    expect(issuesOf({ ...route, flags, background: { mode: 'await' } })).toEqual([
      expect.stringMatching(/^background.mode must be "detached" or "waitUntil"/),
    ]);
  });

  it('take the type of the input from `read`', () => {
    expressCutover({
      name: 'chat',
      flags,
      read: async (req) => {
        expectTypeOf(req).toEqualTypeOf<Request>();
        return { message: 'x', at: 1 };
      },
      identify: (input) => {
        expectTypeOf(input).toEqualTypeOf<{ message: string; at: number }>();
        return { tenant: 'acme', task: input.message };
      },
      candidate: (context, input) => {
        expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
        expectTypeOf(input).toEqualTypeOf<{ message: string; at: number }>();
        return input.message;
      },
      snapshot: (input) => ({ ...input, at: 2 }),
    });
    expectTypeOf<ExpressRouteOptions<string>>().not.toHaveProperty('legacy');
  });

  it('leave the types of a route’s own request to `read`, and to the handlers behind', () => {
    type Own = Request<{ id: string }, unknown, { message: string }>;
    const cutover = expressCutover({
      name: 'chat',
      flags,
      read: (req: Own) => ({ id: req.params.id, message: req.body.message }),
      identify: ({ id, message }) => ({ tenant: id, task: message }),
      candidate: (_context, { message }) => message,
    });
    const handler: RequestHandler = cutover;
    express()
      .post('/chat/:id', cutover, (req) => expectTypeOf(req.params).toEqualTypeOf<{ id: string }>())
      .post('/chat', [handler, cutover]);
  });
});
