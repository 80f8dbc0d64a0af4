import { inventType } from '../../replies/invented-type.ts';
import { isResponse } from '../../replies/is-response.ts';
import {
  type PreparedHead,
  type PreparedReply,
  prepareReply,
  prepareWhole,
  type Waiting,
  type WholeReply,
} from '../../replies/prepare-reply.ts';
import type { ReplySource } from '../../replies/reply-source.ts';

type StreamReply = Extract<PreparedReply, { kind: 'stream' }>;

/** Whether a reply was made here: a fetched one tells in its headers of bytes that `fetch` has already decoded. */
const isOwn = (response: Response): boolean =>
  response.url === '' && response.status >= 200 && !response.bodyUsed && !response.body?.locked;

function bodyOf(first: string | Buffer, source: ReplySource): ReadableStream<Uint8Array> {
  let chunk: string | Buffer | undefined = first;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = chunk ?? (await source.next());
        chunk = undefined;
        if (next === undefined) controller.close();
        else controller.enqueue(Buffer.from(next as string));
      },
      cancel: () => source.cancel(),
    },
    { highWaterMark: 0 },
  );
}

function initOf({ status, statusText, headers, cookies }: PreparedHead): ResponseInit {
  const named = headers.map(([name, value]): [string, string] => [name, value]);
  const set = cookies.map((cookie): [string, string] => ['set-cookie', cookie]);
  return { status, statusText, headers: [...named, ...set] };
}

function streamed({ head, first, source }: StreamReply): Response {
  const isEmpty = first === undefined || source === undefined;
  const response = new Response(isEmpty ? null : bodyOf(first, source), head && initOf(head));
  if (head === undefined) {
    const type = inventType(response, first);
    response.headers.set('content-type', type === 'text/plain' ? 'text/plain;charset=UTF-8' : type);
  }
  return response;
}

/**
 * Makes a candidate's value a `Response` at once: one of the app's own is itself; text, bytes and what JSON can hold get the
 * content type that fits. Undefined: its first chunk is to be waited for, by `streamedResponse`.
 *
 * @throws CutoverError `ERR_CUTOVER_UNSENDABLE_REPLY` for `undefined`, and for what cannot be sent
 */
export function wholeResponse(value: unknown): Response | undefined {
  if (isResponse(value) && isOwn(value)) return value;
  const prepared = prepareWhole(value);
  return prepared && sentWhole(prepared);
}

/**
 * The same of a stream of text or bytes, and of a fetched `Response`, which loses what told of its connection and its encoding.
 *
 * @throws CutoverError `ERR_CUTOVER_UNSENDABLE_REPLY` for a stream of objects; and what the first read throws
 */
export async function streamedResponse(value: unknown, waiting: Waiting): Promise<Response> {
  const prepared = await prepareReply(value, waiting);
  return prepared.kind === 'stream' ? streamed(prepared) : sentWhole(prepared);
}

function sentWhole({ kind, body }: WholeReply): Response {
  if (kind === 'text') return new Response(body);
  if (kind === 'json') return Response.json(body);
  return new Response(new Uint8Array(body), {
    headers: { 'content-type': 'application/octet-stream' },
  });
}
