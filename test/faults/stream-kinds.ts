import { Readable } from 'node:stream';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const streamError = Object.assign(new Error('the stream broke'), { code: 'E_STREAM' });

async function* pieces<T>(given: readonly T[], failure?: Error): AsyncGenerator<T> {
  for (const piece of given) {
    yield piece;
    await turn();
  }
  if (failure) throw failure;
}

const words = ['an answer ', 'that comes ', 'in pieces ✓'];
const bytes = words.map((word) => new TextEncoder().encode(word));

/** A web stream that gives a piece when it is asked for one. */
function web<T>(given: readonly T[], failure?: Error): ReadableStream<T> {
  const source = pieces(given, failure);
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

/** A web stream of the kind that lends its readers' buffers to its source. */
function webOfBytes(): ReadableStream<Uint8Array> {
  const source = pieces(bytes);
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      // What is enqueued is taken away from whoever made it.
      else controller.enqueue(value.slice());
    },
  });
}

const events = ['data: {"text":"a"}\n\n', 'data: [DONE]\n\n'].map((event) =>
  new TextEncoder().encode(event),
);

/** The ways in which functions answer piece by piece. */
export const streamKinds: Readonly<Record<string, () => unknown>> = {
  'an async generator': () => pieces(words),
  'an async generator of objects': () => pieces([{ delta: 'an ' }, { delta: 'answer' }]),
  'an async generator of nothing': () => pieces([]),
  'an async generator that fails at once': () => pieces([], streamError),
  'an async generator that fails midway': () => pieces(words, streamError),
  'a web stream of text': () => web(words),
  'a web stream of bytes': () => web(bytes),
  'a web stream of the byte kind': webOfBytes,
  'a web stream that fails midway': () => web(words, streamError),
  'a Node stream of text': () => Readable.from(words),
  'a Node stream of bytes': () => Readable.from(bytes.map((chunk) => Buffer.from(chunk))),
  'a Node stream that fails midway': () => Readable.from(pieces(words, streamError)),
  'a promise of a stream': async () => web(words),
  'a response in one piece': () => Response.json({ text: 'héllo' }, { status: 201 }),
  'a response in pieces': () => new Response(web(bytes), { headers: { 'x-one': '1' } }),
  'a response of events': () =>
    new Response(web(events), { headers: { 'content-type': 'text/event-stream' } }),
  'a response that fails midway': () => new Response(web(bytes, streamError)),
  'a response without a body': () => new Response(null, { status: 204 }),
};
