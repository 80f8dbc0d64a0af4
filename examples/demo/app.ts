import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Cutover, shadowSafe } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import type { ReferenceJudge } from 'engramia-cutover/testing';
import express, { type Request, type RequestHandler } from 'express';
import type { Models } from './models.ts';
import type { Question } from './questions.ts';

/** An app that listens. */
export interface RunningApp extends AsyncDisposable {
  readonly url: string;
}

// Stands for the app's auth: it knows whose request it is.
const readQuestion = (req: Request): Question => ({
  tenant: req.get('x-tenant') ?? '',
  user: req.get('x-user') ?? '',
  message: String((req.body as { message?: unknown }).message),
});

/** The route's name in flags and statistics. */
export const routeName = 'chat';

/** The one addition to the app: middleware directly before the handler that exists. */
export function cutoverMiddleware(
  cutover: Cutover,
  models: Models,
  judge: ReferenceJudge,
): RequestHandler {
  return expressCutover<Question>({
    cutover,
    name: routeName,
    read: readQuestion,
    identify: ({ tenant, user, message }) => ({ tenant, user, task: message }),
    // Safe to be run in the shadow: the simulated model changes nothing in the world, mirrored or not.
    candidate: shadowSafe((context, question) => models.askCandidate(question, context)),
    compare: { judge },
  });
}

/** Starts the app: its existing route is legacy, with or without middleware before it. */
export async function startApp(
  models: Models,
  before: readonly RequestHandler[] = [],
): Promise<RunningApp> {
  const app = express();
  app.use(express.json());
  app.post('/chat', ...before, async (req, res) => {
    res.json(await models.askLegacy(readQuestion(req)));
  });
  const server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/chat`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
