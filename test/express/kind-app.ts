import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import { exchange } from './raw-client.ts';
import { replyKinds } from './reply-kinds.ts';

/** Mounts a route for each kind of reply, with middleware directly before its handler. */
export function mountKinds(app: Express, ...before: RequestHandler[]): void {
  for (const [index, kind] of Object.values(replyKinds).entries()) {
    app.get(`/${index}`, ...before, (req, res, next) => void kind.handler(req, res, next));
    app.get(`/${index}`, (_req, res) => void res.type('text').send('from the next route'));
  }
  const answerHandled: ErrorRequestHandler = (error, _req, res, next) => {
    if (error.handled === undefined) next(error);
    else res.status(502).json({ text: error.handled });
  };
  app.use(answerHandled);
}

/** Asks for one kind of reply and gives all that came back. */
export function askKind(port: number, method: string, name: string): Promise<string> {
  const kind = replyKinds[name];
  const waits = kind?.waits ?? 0;
  const lines = [
    `${method} /${Object.keys(replyKinds).indexOf(name)} HTTP/1.1`,
    'Host: test',
    'Connection: close',
    'Accept-Encoding: gzip',
    ...(waits > 0 ? [`Content-Length: ${waits}`] : []),
    ...(kind?.headers ?? []),
  ];
  const options = method === 'HEAD' ? {} : { acknowledgements: waits };
  return exchange(port, [`${lines.join('\r\n')}\r\n\r\n`], options);
}
