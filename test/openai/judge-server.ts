import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a judge has sent, whichever API it speaks. */
export interface Asked {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly instructions: string;
  readonly message: string;
}

/** One block as a model may find it: by its form alone, whatever its mark. */
export interface FoundBlock {
  readonly name: string;
  readonly mark: string;
  readonly lines: readonly string[];
}

/** Whatever anybody takes for the end of a line. */
const lineEnds = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

/** Finds blocks as naively as can be: a text that gets out of its own block makes further ones. */
export function blocksIn(message: string): FoundBlock[] {
  const found: FoundBlock[] = [];
  let open: { name: string; mark: string; lines: string[] } | undefined;
  for (const line of message.split(lineEnds)) {
    const begins = /^\s*<<<\s*(\w+)\s+(\S+)\s*$/.exec(line);
    if (begins !== null) open = { name: String(begins[1]), mark: String(begins[2]), lines: [] };
    else if (/^\s*\w+\s+\S+\s*>>>\s*$/.test(line)) {
      if (open !== undefined) found.push(open);
      open = undefined;
    } else open?.lines.push(line);
  }
  return found;
}

/** The data of the last block of a name: where a text could make a second one, that would be believed. */
function dataOf(message: string, name: string): string {
  const block = blocksIn(message).findLast((one) => one.name === name);
  return block === undefined ? '' : String(JSON.parse(block.lines.join('\n')));
}

/** Prefers the reply that holds the fact that the task asks for. */
function honestVerdict({ message }: Asked): string {
  const fact = /It was (\w+)\./.exec(dataOf(message, 'task'))?.[1] ?? '';
  const [first, second] = ['first', 'second'].map((name) => dataOf(message, name).includes(fact));
  const answer = first === second ? 'tie' : first ? 'first' : 'second';
  return JSON.stringify({ answer });
}

/** What the server answers: a text of the model, or any response. */
export type JudgeReply =
  | string
  | { status: number; headers?: Record<string, string>; body: unknown };

async function askedBy(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
  const messages = (body.messages ?? []) as { content: string }[];
  return {
    path: request.url ?? '',
    body,
    instructions: String(body.instructions ?? messages[0]?.content),
    message: String(body.input ?? messages[1]?.content),
  };
}

const usage = { input_tokens: 900, output_tokens: 10, total_tokens: 910 };

/** What each API says around a text of the model. */
export const wrapped = {
  responses: (text: string) => ({
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    error: null,
    output: [
      { id: 'rs_1', type: 'reasoning', summary: [] },
      {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text, annotations: [] }],
      },
    ],
    usage,
  }),
  chat: (text: string) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: { role: 'assistant', content: text, refusal: null },
      },
    ],
    usage: { prompt_tokens: 900, completion_tokens: 10, total_tokens: 910 },
  }),
};

/** A service on the loopback interface that judges by what it finds in the blocks of a message. */
export class JudgeServer {
  readonly asked: Asked[] = [];
  /** What the model writes. Undefined: it never answers. */
  reply: (asked: Asked) => JudgeReply | undefined = honestVerdict;
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<JudgeServer> {
    const server = new JudgeServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Resolves with the next request as soon as it has come. */
  async nextRequest(): Promise<IncomingMessage> {
    const [request] = (await once(this.#server, 'asked')) as [IncomingMessage];
    return request;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await askedBy(request);
    this.asked.push(asked);
    const reply = this.reply(asked);
    this.#server.emit('asked', request);
    if (reply === undefined) return;
    const api = asked.path === '/v1/responses' ? 'responses' : 'chat';
    const { status, headers, body } =
      typeof reply === 'string'
        ? { status: 200, headers: {}, body: wrapped[api](reply) }
        : { headers: {}, ...reply };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  }
}
