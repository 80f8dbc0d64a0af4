import { shadowSafe } from 'engramia-cutover';
import type { Request } from 'express';
import { expect, it } from 'vitest';
import { type Question, startChat } from './chat-app.ts';
import { frameworkNames } from './servers.ts';

/** What makes a thenable of an object that is no promise. */
const then = 'then';

it.each(frameworkNames)(
  'waits for an input that `read` gives by a thenable which is no promise, in %s',
  async (framework) => {
    const read = () => ({
      [then]: (tell: (input: Question) => void) => {
        tell({ message: 'hello' });
      },
    });
    await using app = await startChat(framework, {
      stage: 'live',
      options: { read: read as never },
    });
    expect(await (await app.ask()).json()).toEqual({ reply: 'candidate: hello' });
    expect(app.cutover.stats().routes.chat?.undecided.noTenant).toBe(0);
  },
);

it.each(frameworkNames)('mirrors no input whose copy is promised, in %s', async (framework) => {
  let runs = 0;
  const candidate = shadowSafe(() => {
    runs += 1;
    return 'candidate';
  });
  const snapshot = (async () => {
    throw new Error('written async');
  }) as never;
  await using app = await startChat(framework, {
    stage: 'shadow',
    options: { candidate, snapshot },
  });
  await (await app.ask()).text();
  await app.cutover.flush();
  expect([runs, app.cutover.stats().mirror.skipped.unreadable]).toEqual([0, 1]);
});

it.each(frameworkNames)(
  'says what mends a `read` that found no body since nobody has parsed it, in %s',
  async (framework) => {
    const lines: string[] = [];
    const logger = { warn: (line: string) => void lines.push(line) };
    for (const read of [
      (req: Request) => ({ message: req.body.message as string }),
      async (req: Request) => ({ message: req.body.message as string }),
    ]) {
      await using app = await startChat(framework, {
        ...{ stage: 'live', before: [], options: { read, logger } },
      });
      expect(await (await app.ask()).json()).toEqual({ reply: 'legacy: undefined' });
      expect(app.cutover.stats().routes.chat?.undecided.identify).toBe(1);
      expect(lines.pop()).toContain("express.json() say, or give it body: 'hold'");
    }
  },
);

it.each(frameworkNames)(
  'names no parser where `read` fails for a request that has no body, in %s',
  async (framework) => {
    const lines: string[] = [];
    const logger = { warn: (line: string) => void lines.push(line) };
    const read = (req: Request): Question => {
      if (req.headers['x-session'] === undefined) throw new RangeError('no session');
      return { message: 'hello' };
    };
    await using app = await startChat(framework, {
      ...{ stage: 'live', before: [], options: { read, logger } },
    });
    await (await app.ask(undefined, { body: null })).text();
    expect(lines).toEqual([
      expect.stringMatching(/identify.* failed and was contained: RangeError\.$/),
    ]);
  },
);
