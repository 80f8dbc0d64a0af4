import { shadowSafe } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { shadowed } from './shadowed.ts';

describe('what a model answered, given back as it came', () => {
  const call = { type: 'function_call', name: 'search', arguments: '{}', call_id: 'c' };
  const thought = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] };
  const said = { type: 'message', content: [null, { type: 'output_text', text: 'an answer' }] };

  it.each<[string, unknown]>([
    ['a chat completion', { choices: [{ message: { role: 'assistant', content: 'an answer' } }] }],
    ['a completion', { choices: [{ text: 'an answer' }] }],
    ['a response', { output: [thought, call, said], output_text: 'an answer' }],
    ['a response of the bare API', { output: [thought, call, said] }],
    ['a message of another provider', { content: [{ type: 'text', text: 'an answer' }] }],
    ['a refusal', { choices: [{ message: { content: null, refusal: 'an answer' } }] }],
  ])('%s is learned and compared by its text', async (_name, legacy) => {
    const { handler, fake } = await shadowed('shadow', {
      legacy: (async () => legacy) as never,
      candidate: shadowSafe(async () => 'an answer'),
    });
    const verdicts: unknown[] = [];
    handler.on('compared', ({ divergence }) => void verdicts.push(divergence?.verdict));
    expect(await handler('u', 'a message that is long enough')).toBe(legacy);
    await handler.close();
    expect(fake.patterns('a').map(({ code }) => code)).toEqual(['an answer']);
    expect(verdicts).toEqual(['same']);
  });
});
