// A chat that streams its answer: the first chunk decides which leg answers, and nothing changes after it.
// Run it with: npm run build:js && npx node examples/streaming-chat.ts
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCutoverStream, createEngramiaClient, oneScope } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeEngramia } from 'engramia-cutover/testing';

// Stands for the real service, so that the program runs as it is. Yours: createEngramiaClient() reads
// ENGRAMIA_API_URL and ENGRAMIA_API_KEY.
const fake = await fakeEngramia();
const client = createEngramiaClient({ baseUrl: fake.url, apiKey: fake.key, fetch: fake.fetch });

let isModelUp = true;
const chat = createCutoverStream({
  name: 'chat',
  legacy: async function* (message: string) {
    for (const word of `legacy on: ${message}`.split(/(?<= )/)) yield word;
  },
  candidate: async function* (_context, message) {
    if (!isModelUp) throw new Error('The model is overloaded.');
    for (const word of `candidate on: ${message}`.split(/(?<= )/)) yield word;
  },
  identify: (message) => ({ tenant: 'our-only-customer', task: message }),
  flags: memoryFlags('live'),
  engramia: oneScope(client),
});
chat.on('fallback', ({ why, error }) => console.log('fell back:', why, error?.name));
chat.on('served', ({ leg, firstChunkMs = Number.NaN, durationMs }) => {
  console.log('served by', leg, 'first chunk before the end:', firstChunkMs <= durationMs);
});

// One server-sent event a chunk. Yours has a way to give up when its reader leaves: `chat.run([message], { signal })`.
const server = createServer(async (request, response) => {
  response.setHeader('content-type', 'text/event-stream');
  const message = new URL(request.url ?? '', 'http://localhost').searchParams.get('message') ?? '';
  for await (const chunk of chat(message)) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  response.end('data: [DONE]\n\n');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const ask = async (message: string): Promise<void> => {
  const query = new URLSearchParams({ message });
  const text = await (await fetch(`http://127.0.0.1:${port}/?${query}`)).text();
  const events = text.split('\n\n').filter((event) => event !== '');
  console.log(events.length, 'events:', events.join(' '));
};

await ask('Build a CSV parser');
isModelUp = false;
await ask('Write a JSON parser by hand');

server.closeAllConnections();
server.close();
await chat.close();
await client.close();
for (const { task, code } of fake.patterns('default')) console.log('learned:', task, '→', code);
