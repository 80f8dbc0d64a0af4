// An agent of the OpenAI Agents SDK replaces a handler: first in the shadow, where it must not act, then for the users.
// Run it with: npm run build:js && npx node examples/agent-candidate.ts
import { Agent, type Model, Runner, tool, Usage } from '@openai/agents';
import { createCutoverHandler, createEngramiaClient, oneScope } from 'engramia-cutover';
import { agentCandidate } from 'engramia-cutover/agents';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeEngramia } from 'engramia-cutover/testing';
import { z } from 'zod';

// Stands for the real service, so that the program runs as it is. Yours: createEngramiaClient() reads
// ENGRAMIA_API_URL and ENGRAMIA_API_KEY.
const fake = await fakeEngramia();
const client = createEngramiaClient({ baseUrl: fake.url, apiKey: fake.key, fetch: fake.fetch });

/** Stands for a real model: it calls the tool, then answers. */
const model: Model = {
  async getResponse({ input, systemInstructions = '' }) {
    const hasCalled = Array.isArray(input) && input.some((item) => item.type === 'function_call');
    const usage = new Usage({ requests: 1, inputTokens: 20, outputTokens: 5, totalTokens: 25 });
    if (!hasCalled) {
      const call = { name: 'file_ticket', arguments: '{"title":"refund"}', callId: 'call-1' };
      return { usage, output: [{ type: 'function_call', status: 'completed', ...call }] };
    }
    const text = `candidate, with ${systemInstructions.split('{"task"').length - 1} patterns`;
    const content = [{ type: 'output_text' as const, text }];
    return {
      usage,
      output: [{ type: 'message', role: 'assistant', status: 'completed', content }],
    };
  },
  getStreamedResponse() {
    throw new Error('This program does not stream.');
  },
};

const tickets: string[] = [];
const agent = new Agent({
  name: 'desk',
  instructions: 'You help customers.',
  model,
  tools: [
    tool({
      name: 'file_ticket',
      description: 'Files a ticket.',
      parameters: z.object({ title: z.string() }),
      execute: ({ title }) => {
        tickets.push(title);
        return 'filed';
      },
    }),
  ],
});

const engramia = oneScope(client);
const flags = memoryFlags('dualwrite');
const handleRequest = createCutoverHandler({
  name: 'desk',
  legacy: async (userId: string, message: string) => `legacy to ${userId}: ${message}`,
  candidate: agentCandidate({ agent, engramia, runner: new Runner({ tracingDisabled: true }) }),
  identify: (userId, message) => ({ tenant: 'acme', user: userId, task: message }),
  flags,
  engramia,
});
handleRequest.on('compared', ({ mirrored }) => {
  console.log(
    'compared:',
    mirrored.leg,
    mirrored.status,
    mirrored.tools,
    'tickets:',
    tickets.length,
  );
});

console.log('dualwrite:', await handleRequest('ann', 'I want my money back'));
await handleRequest.flush();

flags.setDefault('shadow');
console.log('shadow:', await handleRequest('ann', 'I want my money back, please'));
await handleRequest.flush();

flags.setDefault('live');
console.log(
  'live:',
  await handleRequest('bob', 'I want my money back'),
  'tickets:',
  tickets.length,
);

await handleRequest.close();
await client.close();
