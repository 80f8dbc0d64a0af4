import type { Cutover } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { createApp, type Framework, frameworks } from '../express/servers.ts';
import { listening } from './listening.ts';
import type { ChatRoute, WayIn } from './way-in.ts';

const onError: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) next(error);
  else res.status(500).type('text').send(`error: ${error.message}`);
};

const legacyOf =
  (route: ChatRoute): RequestHandler =>
  async (req, res, next) => {
    try {
      const { text, chunks, status = 200 } = await route.legacy(req.body.message);
      res.status(status).type('text');
      for await (const chunk of chunks ?? []) res.write(chunk);
      res.end(text);
    } catch (error) {
      next(error);
    }
  };

/** Middleware before an existing handler. */
export const expressWay = (framework: Framework): WayIn => ({
  name: framework,
  listen(cutover: Cutover, route: ChatRoute) {
    const app = createApp(framework);
    const middleware = expressCutover({
      name: 'chat',
      cutover,
      read: (req: Request) => String(req.body.message),
      identify: (message) => ({ tenant: 'acme', task: message }),
      candidate: route.candidate,
      ...(route.fallback && { fallback: route.fallback }),
      ...(route.view && { view: route.view }),
    });
    const around: RequestHandler = (_req, _res, next) => route.around(next);
    app.post('/chat', frameworks[framework].json(), around, middleware, legacyOf(route));
    app.use(onError);
    return listening(app.listen(0, '127.0.0.1'));
  },
});
