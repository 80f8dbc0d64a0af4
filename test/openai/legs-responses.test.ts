import { responsesCandidate, responsesLeg } from 'engramia-cutover/openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contextOf } from '../agents/call-contexts.ts';
import { OpenAIServer } from './openai-server.ts';
import { message } from './responses-service.ts';

let server: OpenAIServer;

beforeEach(async () => {
  server = await OpenAIServer.start();
});

afterEach(() => server[Symbol.asyncDispose]());

const say = (text: string) => text;
const asked = () => ({ client: server.client(), model: 'gpt-test', input: say });
const sent = () => server.last(/POST \/responses/).body;
const readers = [{ type: 'function', name: 'look_up' }, { type: 'web_search' }];
const actors = [{ type: 'mcp', server_label: 'shop' }, { type: 'shell' }];

describe('a leg of the Responses API', () => {
  it('answers with text, tools and tokens', async () => {
    server.responses.output = [
      { type: 'reasoning', summary: [] },
      { type: 'function_call', name: 'look_up', arguments: '{"id":7}', call_id: 'c' },
      { type: 'mcp_call', name: 'stock', server_label: 'shop', arguments: '{}', output: '3' },
      { type: 'web_search_call', action: { type: 'search', query: 'q' } },
      { type: 'file_search_call', queries: ['a'], results: null },
      { type: 'code_interpreter_call', code: '1+1', outputs: [{ logs: '2' }] },
      { type: 'custom_tool_call', name: 'sql', input: 'select 1' },
      { type: 'image_generation_call', status: 'completed' },
      message('one, '),
      message('two'),
    ];
    expect(await responsesLeg(asked())('hello')).toEqual({
      text: 'one, two',
      toolCalls: [
        { name: 'look_up', arguments: { id: 7 } },
        { name: 'stock', arguments: {}, result: '3' },
        { name: 'web_search', arguments: { type: 'search', query: 'q' } },
        { name: 'file_search', arguments: { queries: ['a'] } },
        { name: 'code_interpreter', arguments: { code: '1+1' }, result: [{ logs: '2' }] },
        { name: 'sql', arguments: 'select 1' },
        { name: 'image_generation', arguments: {} },
      ],
      responseId: 'resp_1',
      usage: { inputTokens: 20, outputTokens: 5 },
    });
  });

  it('is whole although the rest of its request asks for a stream: that is for its own option to say', async () => {
    server.responses.output = [message('whole')];
    const request = () => ({ stream: true, temperature: 1 });
    expect((await responsesLeg({ ...asked(), request })('hello')).text).toBe('whole');
  });

  it('tells what the tools were called with that the app itself is to run', async () => {
    const patch = { type: 'delete_file', path: 'a.txt' };
    const clicks = [{ type: 'click', button: 'left', x: 1, y: 2 }, { type: 'wait' }];
    server.responses.output = [
      { type: 'apply_patch_call', call_id: 'c1', operation: patch },
      { type: 'computer_call', call_id: 'c2', actions: clicks },
      { type: 'shell_call', call_id: 'c3', action: { commands: ['ls'] } },
      { type: 'tool_search_call', arguments: { query: 'q' } },
    ];
    expect((await responsesLeg(asked())('hello')).toolCalls).toEqual([
      { name: 'apply_patch', arguments: patch },
      { name: 'computer', arguments: clicks },
      { name: 'shell', arguments: { commands: ['ls'] } },
      { name: 'tool_search', arguments: { query: 'q' } },
    ]);
  });

  it('asks for what the options say, and for nothing else', async () => {
    await responsesLeg(asked())('hello');
    expect(sent()).toEqual({ model: 'gpt-test', input: 'hello' });
    const leg = responsesLeg({
      client: server.client(),
      prompt: { id: 'pmpt_1', version: '2' },
      instructions: 'Be brief.',
      tools: readers,
      store: false,
      conversationOf: (user: string, _text: string) => `conv_${user}`,
      previousResponseOf: async () => undefined,
      request: (user) => ({ metadata: { user } }),
      reply: ({ text }) => text.length,
    });
    expect(await leg('ann', 'and now?')).toBe(10);
    expect(sent()).toEqual({
      prompt: { id: 'pmpt_1', version: '2' },
      instructions: 'Be brief.',
      tools: readers,
      store: false,
      conversation: 'conv_ann',
      metadata: { user: 'ann' },
      input: 'and now?',
    });
  });

  it('asks for what the request says over all options', async () => {
    const leg = responsesLeg({
      ...asked(),
      conversationOf: () => 'conv_1',
      request: () => ({ previous_response_id: 'resp_0', input: 'instead', model: undefined }),
    });
    await leg('hello');
    expect(sent()).toEqual({
      model: 'gpt-test',
      conversation: 'conv_1',
      previous_response_id: 'resp_0',
      input: 'instead',
    });
  });

  it('gives a text that ends early with the reason, and a refusal as its text', async () => {
    const content = [{ type: 'refusal', refusal: 'I will not.' }];
    server.responses.output = [{ type: 'message', role: 'assistant', content }];
    server.responses.status = 'incomplete';
    server.responses.incomplete_details = { reason: 'max_output_tokens' };
    const reply = await responsesLeg(asked())('hello');
    expect(reply).toMatchObject({ text: 'I will not.', incomplete: 'max_output_tokens' });
  });

  it('fails when the response has failed, without what the service says of it', async () => {
    server.responses.status = 'failed';
    server.responses.error = { code: 'server_error', message: 'ann said things' };
    await expect(responsesLeg(asked())('hello')).rejects.toMatchObject({
      code: 'ERR_OPENAI_RESPONSE_FAILED',
      message: 'The response resp_1 gave no reply: its status is failed (server_error).',
    });
  });

  it('throws what the client throws', async () => {
    server.fail(/responses/, { status: 429, body: { error: { message: 'slow down' } } });
    await expect(responsesLeg(asked())('hello')).rejects.toMatchObject({ status: 429 });
  });

  it('stops with the caller', async () => {
    server.fail(/responses/, 'hang');
    const caller = new AbortController();
    const reply = responsesLeg({ ...asked(), signalOf: () => caller.signal })('hello');
    await server.until(/responses/);
    caller.abort();
    await expect(reply).rejects.toThrow('aborted');
  });

  it('gives the stream of the client as it is, or what the app makes of it', async () => {
    const types: string[] = [];
    for await (const { type } of await responsesLeg({ ...asked(), stream: true })('hello')) {
      types.push(type);
    }
    expect(types.at(-1)).toBe('response.completed');
    expect(sent()).toMatchObject({ stream: true });
    const reply = (stream: object) => ['wrapped', stream];
    expect(await responsesLeg({ ...asked(), stream: true, reply })('hello')).toContain('wrapped');
  });

  it.each(['responsesLeg', 'responsesCandidate'])(
    '%s names every option that cannot be used',
    (name) => {
      const make = name === 'responsesLeg' ? responsesLeg : responsesCandidate;
      const options = { client: {}, tools: ['all'], input: 'hello', readOnly: [7] };
      expect(() => make(options as never)).toThrow(
        new RegExp(
          `${name}\\(\\): client must .*input must .*tools must .*readOnly must .*model is missing`,
        ),
      );
    },
  );
});

describe('a candidate of the Responses API', () => {
  it('tells its tools and tokens, also of a stream', async () => {
    server.responses.output = [
      { type: 'function_call', name: 'look_up', arguments: '{}' },
      message('the answer'),
    ];
    const facts = {
      toolCalls: [{ name: 'look_up', arguments: {} }],
      usage: { inputTokens: 20, outputTokens: 5 },
    };
    const whole = contextOf();
    expect((await responsesCandidate(asked())(whole, 'hello')).text).toBe('the answer');
    expect(whole.facts).toEqual(facts);
    const streamed = contextOf();
    const events = await responsesCandidate({ ...asked(), stream: true })(streamed, 'hello');
    for await (const _ of events) expect(streamed.commits).toBe(0);
    expect(streamed.facts).toEqual(facts);
  });

  it('stops with the signal of its context', async () => {
    server.fail(/responses/, 'hang');
    const context = contextOf();
    const reply = responsesCandidate(asked())(context, 'hello');
    await server.until(/responses/);
    context.abort('late');
    await expect(reply).rejects.toThrow('aborted');
    await expect(responsesCandidate(asked())(context, 'hello')).rejects.toBe('late');
    expect(server.got).toHaveLength(1);
  });

  it('begins with the conversation as served, unless the service keeps it', async () => {
    const turn = { role: 'user' as const, text: 'hi', leg: 'legacy' as const, at: 1 };
    const context = { ...contextOf(), history: async () => [turn] };
    await responsesCandidate(asked())(context, 'and now?');
    const turns = [
      { role: 'user', content: 'hi' },
      { role: 'user', content: 'and now?' },
    ];
    expect(sent().input).toEqual(turns);
    const conversationOf = () => 'conv_1';
    await responsesCandidate({ ...asked(), conversationOf })(context, 'and now?');
    expect(sent()).toMatchObject({ input: 'and now?', conversation: 'conv_1' });
    const mirrored = { ...contextOf({ mirrored: true }), history: async () => [turn] };
    await responsesCandidate({ ...asked(), conversationOf })(mirrored, 'and now?');
    expect(sent()).toEqual({ model: 'gpt-test', input: turns, store: false });
  });

  it('begins with as many turns as are wanted, and with none before a list that is the conversation', async () => {
    const limits: (number | undefined)[] = [];
    const turn = { role: 'user' as const, text: 'hi', leg: 'legacy' as const, at: 1 };
    const history = async (limit?: number) => {
      limits.push(limit);
      return [turn];
    };
    const context = { ...contextOf(), history };
    const said = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'hello' },
      { role: 'user', content: 'and now?' },
    ];
    const picture = [{ role: 'user', content: [{ type: 'input_text', text: 'what is it?' }] }];
    await responsesCandidate({ ...asked(), input: () => said })(context);
    expect(sent().input).toEqual(said);
    await responsesCandidate({ ...asked(), input: () => picture })(context);
    expect(sent().input).toEqual([{ role: 'user', content: 'hi' }, ...picture]);
    await responsesCandidate({ ...asked(), history: 4 })(context, 'and now?');
    await responsesLeg({ ...asked(), history: false }).shadow(context, 'and now?');
    expect(sent().input).toBe('and now?');
    expect(limits).toEqual([50, 4]);
    expect(() => responsesLeg({ ...asked(), history: 0 })).toThrow('history');
  });

  it('commits before a hosted tool that may change something, and before no other', async () => {
    const calm = contextOf();
    await responsesCandidate({ ...asked(), tools: readers })(calm, 'hello');
    expect(calm.commits).toBe(0);
    const acting = contextOf();
    await responsesCandidate({ ...asked(), tools: actors })(acting, 'hello');
    expect(acting.commits).toBe(1);
    const vouched = contextOf();
    const readOnly = ['shop', 'shell'];
    await responsesCandidate({ ...asked(), tools: actors, readOnly })(vouched, 'hello');
    expect(vouched.commits).toBe(0);
    const refusal = new Error('superseded');
    const late = responsesCandidate({ ...asked(), tools: actors });
    await expect(late(contextOf({ refusal }), 'hello')).rejects.toBe(refusal);
    expect(server.got).toHaveLength(3);
  });
});

describe('a mirrored response', () => {
  const mirrored = () => contextOf({ mirrored: true });

  it('is not kept, is added to no conversation, and runs no hosted tool', async () => {
    const options = {
      ...asked(),
      store: true,
      tools: [...readers, ...actors],
      conversationOf: () => 'conv_1',
      previousResponseOf: () => 'resp_0',
      request: () => ({ background: true, tool_choice: 'required' }),
    };
    const context = mirrored();
    await responsesCandidate(options)(context, 'hello');
    const harmless = {
      model: 'gpt-test',
      input: 'hello',
      store: false,
      previous_response_id: 'resp_0',
      tools: [readers[0]],
      tool_choice: 'auto',
    };
    expect(sent()).toEqual(harmless);
    expect(context.commits).toBe(0);
    await responsesLeg(options).shadow(mirrored(), 'hello');
    expect(sent()).toEqual(harmless);
  });

  it('has the hosted tools that are named read-only', async () => {
    const readOnly = ['web_search', 'shop'];
    const tools = [...readers, ...actors];
    await responsesCandidate({ ...asked(), tools, readOnly })(mirrored(), 'hello');
    expect(sent().tools).toEqual([...readers, actors[0]]);
  });

  it('has the functions of a namespace, before which the served one does not commit', async () => {
    const crm = { type: 'namespace', name: 'crm', tools: [readers[0], { type: 'custom' }] };
    const shop = { type: 'namespace', name: 'shop', tools: [readers[0], ...actors] };
    await responsesCandidate({ ...asked(), tools: [crm, shop] })(mirrored(), 'hello');
    expect(sent().tools).toEqual([crm]);
    const [calm, acting] = [contextOf(), contextOf()];
    await responsesCandidate({ ...asked(), tools: [crm] })(calm, 'hello');
    await responsesCandidate({ ...asked(), tools: [shop] })(acting, 'hello');
    expect([calm.commits, acting.commits]).toEqual([0, 1]);
  });

  it('chooses none where none is left, also for tools of the request', async () => {
    const request = () => ({ tools: actors, tool_choice: { type: 'mcp', server_label: 'shop' } });
    await responsesCandidate({ ...asked(), request })(mirrored(), 'hello');
    expect(sent()).toMatchObject({ tools: [], tool_choice: 'none' });
  });

  it('calls the function that was chosen for it, though other tools were taken away', async () => {
    const chosen = (name: string) => ({ type: 'function', name });
    const tools = [...readers, ...actors];
    for (const name of ['look_up', 'gone']) {
      const request = () => ({ tool_choice: chosen(name) });
      await responsesCandidate({ ...asked(), tools, request })(mirrored(), 'hello');
      expect(sent().tool_choice).toEqual(name === 'gone' ? 'auto' : chosen(name));
    }
  });

  it('is kept to tools that are seen where a prompt may bring others', async () => {
    const prompt = { id: 'pmpt_1' };
    const options = { client: server.client(), prompt, input: say };
    await responsesCandidate(options)(mirrored(), 'hello');
    expect(sent()).toEqual({
      prompt,
      input: 'hello',
      store: false,
      tools: [],
      tool_choice: 'none',
    });
    const tools = [...readers, ...actors];
    await responsesCandidate({ ...options, tools, readOnly: ['shop'] })(mirrored(), 'hello');
    expect(sent().tool_choice).toEqual({
      type: 'allowed_tools',
      mode: 'auto',
      tools: [readers[0], actors[0]],
    });
  });
});
