// A handler that asks an assistant is replaced: its answers are learned, then its service is switched off.
// Run it with: npm run build:js && npx node examples/assistants-legacy.ts
import { createCutoverHandler, createEngramiaClient, oneScope } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { assistantsLeg, isGone } from 'engramia-cutover/openai';
import { fakeEngramia } from 'engramia-cutover/testing';
import OpenAI from 'openai';

// Stands for the real service, so that the program runs as it is. Yours: createEngramiaClient() reads
// ENGRAMIA_API_URL and ENGRAMIA_API_KEY.
const fake = await fakeEngramia();
const client = createEngramiaClient({ baseUrl: fake.url, apiKey: fake.key, fetch: fake.fetch });

let isSwitchedOff = false;
const said: string[] = [];
const looks = ['queued', 'in_progress', 'completed'];

/** Stands for a service of the Assistants API: what it answers to a method and a path. */
function answerTo(method: string, path: string): object {
  if (path.endsWith('/messages') && method === 'GET') {
    const text = { value: `assistant to ${said.length} message(s)`, annotations: [] };
    return { data: [{ role: 'assistant', content: [{ type: 'text', text }] }] };
  }
  if (path.endsWith('/messages')) said.push(path);
  if (path.endsWith('/steps')) {
    const step = { name: 'look_up', arguments: '{"id":7}', output: 'open' };
    const tool_calls = [{ type: 'function', function: step }];
    return { data: [{ step_details: { type: 'tool_calls', tool_calls } }] };
  }
  const usage = { prompt_tokens: 20, completion_tokens: 5 };
  return { id: 'run_1', status: looks.shift() ?? 'completed', usage };
}

const openai = new OpenAI({
  apiKey: 'yours',
  maxRetries: 0,
  fetch: async (url, init) =>
    isSwitchedOff
      ? Response.json({ error: { message: 'The Assistants API was sunset.' } }, { status: 410 })
      : Response.json(answerTo(init?.method ?? 'GET', new URL(String(url)).pathname)),
});

const legacy = assistantsLeg({
  client: openai,
  assistantId: 'asst_1',
  threadOf: (userId: string, _message: string) => `thread_of_${userId}`,
  pollMs: 5,
});
const flags = memoryFlags('dualwrite');
const handleRequest = createCutoverHandler({
  name: 'desk',
  legacy,
  candidate: async (_context, userId, message) => ({
    text: `candidate to ${userId}: ${message}`,
    images: [],
    threadId: '',
    runId: '',
  }),
  identify: (userId, message) => ({ tenant: 'acme', user: userId, task: message }),
  isGone,
  flags,
  engramia: oneScope(client),
});

const { text, toolCalls, usage } = await handleRequest('ann', 'What became of ticket 7?');
console.log(
  'dualwrite:',
  text,
  toolCalls?.map(({ name }) => name),
  usage,
);
await handleRequest.flush();
console.log('learned:', fake.patterns('default').length);

isSwitchedOff = true;
const failure = await handleRequest('ann', 'And of ticket 8?').catch((error: Error) => error);
console.log('switched off:', failure instanceof Error ? failure.message : failure);

flags.setDefault('live');
console.log('roll back:', handleRequest.kill('the candidate is slow'));
console.log('still:', (await handleRequest('ann', 'And of ticket 9?')).text);

await handleRequest.close();
await client.close();
