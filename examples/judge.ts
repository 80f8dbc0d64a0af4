// A model judges which of two replies is better: measured against labels by people first, then in the shadow.
// Run it with: npm run build:js && npx node examples/judge.ts
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { calibrate, type LabelledPair, llmJudge } from 'engramia-cutover/openai';
import OpenAI from 'openai';

// Stands for a real model, so that the program runs as it is: it prefers the reply that holds the sum of the numbers in
// the task, and says that every tenth question is a tie. Yours: new OpenAI() reads OPENAI_API_KEY.
let questions = 0;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string };
  const [task = '', first = '', second = ''] = input
    .split('\n')
    .filter((line) => line.startsWith('"'))
    .map((line) => JSON.parse(line) as string);
  const sum = (task.match(/\d+/g) ?? []).reduce((total, digits) => total + Number(digits), 0);
  const isRight = [first, second].map((reply) => reply.includes(String(sum)));
  questions += 1;
  const better = isRight[0] === isRight[1] ? 'tie' : isRight[0] ? 'first' : 'second';
  const text = JSON.stringify({ answer: questions % 10 === 0 ? 'tie' : better });
  const output = [{ type: 'message', content: [{ type: 'output_text', text, annotations: [] }] }];
  const usage = { input_tokens: Math.ceil(input.length / 4), output_tokens: 6 };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ status: 'completed', output, usage }));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const client = new OpenAI({ apiKey: 'not-a-key', baseURL: `http://127.0.0.1:${port}/v1` });

const judge = llmJudge({ client, model: 'judge-model', budget: { callsPerDay: 2_000 } });

// Yours: at least 100 pairs of your own traffic, labelled by people.
const labelled = Array.from({ length: 120 }, (_, at): LabelledPair => {
  const [right, wrong] = [`That makes ${at + 7}.`, `That makes ${at + 8}.`];
  const task = `What is ${at} and 7?`;
  return at % 2 === 0
    ? { task, legacy: right, candidate: wrong, label: 'legacy' }
    : { task, legacy: wrong, candidate: right, label: 'candidate' };
});
const { n, sensitivity, specificity } = await calibrate(labelled, { judge, concurrency: 1 });
console.log('calibrated on', n, 'sensitivity', sensitivity.rate, 'specificity', specificity.rate);

const handleRequest = createCutoverHandler({
  name: 'sums',
  legacy: async (question: string) => `${question} I get 12, since 5 and 7 are 12.`,
  candidate: shadowSafe(async (_, question) => `${question} I get 13, since 5 and 7 are 13.`),
  identify: (question) => ({ tenant: 'acme', task: question }),
  flags: memoryFlags('shadow'),
  compare: { judge },
});
handleRequest.on('compared', ({ divergence }) => {
  console.log('compared:', divergence?.verdict, 'by', divergence?.decidedBy);
  console.log('only advice:', divergence?.advisory ?? false);
});

console.log('answered:', await handleRequest('What is 5 and 7?'));
await handleRequest.flush();
await handleRequest.close();
console.log('questions:', judge.counts.questions, 'answered:', judge.counts.answered);

server.closeAllConnections();
server.close();
