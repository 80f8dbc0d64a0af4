import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CallContext, Cutover } from 'engramia-cutover';
import { listening } from './listening.ts';
import type { Answer, ChatRoute, WayIn } from './way-in.ts';

class Refusal extends Error {
  readonly status: number;

  constructor({ status = 500, text: said = '' }: Answer) {
    super(said);
    this.status = status;
  }
}

async function plainLegacy(route: ChatRoute, message: string): Promise<unknown> {
  const answer = await route.legacy(message);
  if ((answer.status ?? 200) >= 400) throw new Refusal(answer);
  return answer.chunks ?? answer.text;
}

async function send(res: ServerResponse, reply: unknown): Promise<void> {
  if (typeof reply === 'string') {
    res.end(reply);
    return;
  }
  for await (const chunk of reply as AsyncIterable<string>) {
    if (res.destroyed) return;
    res.write(chunk);
  }
  res.end();
}

function clientSignal(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** A function that an app calls from a handler of its own. */
export const plainWay: WayIn = {
  name: 'a plain function',
  listen(cutover: Cutover, route: ChatRoute) {
    const handler = cutover.handler({
      name: 'chat',
      legacy: (message: string) => plainLegacy(route, message),
      candidate: route.candidate as (context: CallContext, message: string) => Promise<unknown>,
      identify: (message) => ({ tenant: 'acme', task: message }),
      ...(route.fallback && { fallback: route.fallback }),
      ...(route.view && { view: route.view }),
    });
    const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
      const { message } = JSON.parse(await text(req)) as { message: string };
      const signal = clientSignal(res);
      try {
        await send(res, await handler.run([message], { signal }));
      } catch (error) {
        if (res.headersSent) res.destroy();
        else {
          res.statusCode = error instanceof Refusal ? error.status : 500;
          const { message: said } = error as Error;
          res.end(error instanceof Refusal ? said : `error: ${said}`);
        }
      }
    };
    const server = createServer((req, res) => void route.around(() => answer(req, res)));
    return listening(server.listen(0, '127.0.0.1'));
  },
};
