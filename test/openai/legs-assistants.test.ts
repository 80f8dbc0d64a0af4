import { getEventListeners } from 'node:events';
import { assistantsLeg } from 'engramia-cutover/openai';
import { fakeClock } from 'engramia-cutover/testing';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { contextOf } from '../agents/call-contexts.ts';
import { textPart } from './assistants-service.ts';
import { OpenAIServer } from './openai-server.ts';

let server: OpenAIServer;

beforeEach(async () => {
  server = await OpenAIServer.start();
});

afterEach(() => server[Symbol.asyncDispose]());

const threadOf = (_user: string, _message: string) => 'thread_1';
const quick = { assistantId: 'asst_1', threadOf, pollMs: 1 };

describe('a leg of an assistant', () => {
  it('says the message, runs, waits and answers with the last message of the run', async () => {
    server.assistants.plan({
      says: [[textPart('let me see')], [textPart('one'), textPart('two')]],
    });
    const leg = assistantsLeg({ ...quick, client: server.client() });
    expect(await leg('ann', 'what is it?')).toEqual({
      text: 'one\ntwo',
      toolCalls: [],
      images: [],
      threadId: 'thread_1',
      runId: 'run_1',
      usage: { inputTokens: 20, outputTokens: 5 },
    });
    expect(server.last(/POST .*messages/).body).toEqual({ role: 'user', content: 'what is it?' });
    expect(server.last(/POST .*runs$/).body).toEqual({ assistant_id: 'asst_1' });
    expect(server.last(/POST .*runs$/).headers['openai-beta']).toBe('assistants=v2');
    expect(server.lines.filter((line) => line === 'GET /threads/thread_1/runs/run_1')).toHaveLength(
      2,
    );
    const newest = { run_id: 'run_1', order: 'desc', limit: '20' };
    expect(server.last(/GET .*messages/).query).toEqual(newest);
    expect(server.last(/GET .*steps/).query).toEqual({ order: 'asc', limit: '100' });
  });

  it('takes its message from the arguments as the app says, with what else the run begins with', async () => {
    const leg = assistantsLeg({
      ...quick,
      client: server.client(),
      input: (user, text) => `${user}: ${text}`,
      run: (user) => ({ metadata: { user }, additional_instructions: 'short', stream: true }),
      reply: ({ text }) => text.toUpperCase(),
    });
    expectTypeOf(leg).parameters.toEqualTypeOf<[string, string]>();
    expectTypeOf(leg).returns.toEqualTypeOf<Promise<string>>();
    expect(await leg('ann', 'hello')).toBe('THE ANSWER');
    expect(server.last(/POST .*messages/).body.content).toBe('ann: hello');
    expect(server.last(/POST .*runs$/).body).toEqual({
      metadata: { user: 'ann' },
      additional_instructions: 'short',
      assistant_id: 'asst_1',
    });
  });

  it('leaves annotations in the text, notes images and gives a refusal as its text', async () => {
    const cited = textPart('see 【4:0†source】');
    const image = { type: 'image_file', image_file: { file_id: 'file_7' } };
    const linked = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
    const refusal = { type: 'refusal', refusal: 'I will not.' };
    server.assistants.plan({ says: [[cited, image, linked, refusal, { type: 'video' }]] });
    const reply = await assistantsLeg({ ...quick, client: server.client() })('ann', 'draw');
    expect(reply.text).toBe('see 【4:0†source】\nI will not.');
    expect(reply.images).toEqual(['file_7', 'https://example.com/a.png']);
  });

  it('tells the tools of all steps, with what they gave where that is known', async () => {
    const lookUp = { name: 'look_up', arguments: '{"id":7}', output: '{"open":true}' };
    const bare = { name: 'ping', arguments: 'not json', output: null };
    server.assistants.plan({
      calls: [
        { id: 'c1', type: 'function', function: lookUp },
        { id: 'c2', type: 'code_interpreter', code_interpreter: { input: '1+1', outputs: ['2'] } },
        { id: 'c3', type: 'file_search', file_search: { ranking_options: {} } },
        { id: 'c4', type: 'function', function: bare },
        { id: 'c5', type: 'bing_grounding', bing_grounding: { requesturl: 'q' } },
      ],
    });
    const { toolCalls } = await assistantsLeg({ ...quick, client: server.client() })('ann', 'go');
    expect(toolCalls).toEqual([
      { name: 'look_up', arguments: { id: 7 }, result: '{"open":true}' },
      { name: 'code_interpreter', arguments: { input: '1+1' }, result: ['2'] },
      { name: 'file_search', arguments: { ranking_options: {} } },
      { name: 'ping', arguments: 'not json' },
      { name: 'bing_grounding', arguments: { requesturl: 'q' } },
    ]);
  });

  it('answers without tool calls where the steps cannot be read', async () => {
    server.fail(/steps/, { status: 500, body: { error: { message: 'no' } } });
    const reply = await assistantsLeg({ ...quick, client: server.client() })('ann', 'go');
    expect(reply.text).toBe('the answer');
    expect('toolCalls' in reply).toBe(false);
  });

  it('asks for no steps when the run has no tools', async () => {
    server.assistants.tools = [];
    await assistantsLeg({ ...quick, client: server.client() })('ann', 'go');
    expect(server.lines.join()).not.toContain('steps');
  });

  it('gives the results of functions that a run waits for, in order', async () => {
    server.assistants.plan({
      statuses: ['queued', 'requires_action', 'in_progress', 'completed'],
      asks: [
        { id: 'call_1', name: 'look_up', arguments: '{"id":7}' },
        { id: 'call_2', name: 'weather', arguments: '{}' },
      ],
    });
    const asked: unknown[] = [];
    const leg = assistantsLeg({
      ...quick,
      client: server.client(),
      toolOutputs: async (calls, { threadId, runId }, user) => {
        asked.push(calls, threadId, runId, user);
        return ['open', { sky: 'blue' }];
      },
    });
    await leg('ann', 'go');
    expect(asked).toEqual([
      [
        { id: 'call_1', name: 'look_up', arguments: { id: 7 } },
        { id: 'call_2', name: 'weather', arguments: {} },
      ],
      'thread_1',
      'run_1',
      'ann',
    ]);
    expect(server.last(/submit_tool_outputs/).body).toEqual({
      tool_outputs: [
        { tool_call_id: 'call_1', output: 'open' },
        { tool_call_id: 'call_2', output: '{"sky":"blue"}' },
      ],
    });
  });

  it('takes results as the service does, from functions that were written for it', async () => {
    const asks = ['call_1', 'call_2'].map((id) => ({ id, name: 'look_up', arguments: '{}' }));
    server.assistants.plan({ statuses: ['requires_action', 'completed'], asks });
    const leg = assistantsLeg({
      ...quick,
      client: server.client(),
      toolOutputs: (calls) =>
        calls.toReversed().map(({ id }) => ({ tool_call_id: id, output: `of ${id}` })),
    });
    await leg('ann', 'go');
    expect(server.last(/submit_tool_outputs/).body).toEqual({
      tool_outputs: [
        { tool_call_id: 'call_1', output: 'of call_1' },
        { tool_call_id: 'call_2', output: 'of call_2' },
      ],
    });
  });

  it.each([
    ['nobody gives them', undefined],
    ['there are too few', () => ['one']],
    ['there is no list of them', async () => undefined as never],
    ['a text has as many letters', () => 'ok' as never],
  ])('fails with the tools by name when their results are asked for and %s', async (_, outputs) => {
    const ask = { name: 'pay', arguments: '{}' };
    server.assistants.plan({
      statuses: ['requires_action'],
      asks: [
        { id: 'call_1', ...ask },
        { id: 'call_2', ...ask, name: 'mail' },
      ],
    });
    const leg = assistantsLeg({
      ...quick,
      client: server.client(),
      ...(outputs && { toolOutputs: outputs }),
    });
    await expect(leg('ann', 'go')).rejects.toMatchObject({
      code: 'ERR_OPENAI_RUN_NEEDS_TOOLS',
      message:
        'The run run_1 of the thread thread_1 waits for results of tools that nobody gives: pay, mail.',
      tools: ['pay', 'mail'],
    });
    await server.until(/run_1\/cancel/);
  });

  it('cancels the run and throws what the app’s functions throw', async () => {
    server.assistants.plan({
      statuses: ['requires_action'],
      asks: [{ id: 'call_1', name: 'pay', arguments: '{}' }],
    });
    const broken = new Error('the till is closed');
    const toolOutputs = () => Promise.reject(broken);
    const leg = assistantsLeg({ ...quick, client: server.client(), toolOutputs });
    await expect(leg('ann', 'go')).rejects.toBe(broken);
    await server.until(/run_1\/cancel/);
  });

  it.each([
    ['failed', 'ERR_OPENAI_RUN_FAILED', 'rate_limit_exceeded'],
    ['expired', 'ERR_OPENAI_RUN_EXPIRED', undefined],
    ['cancelled', 'ERR_OPENAI_RUN_CANCELLED', undefined],
    ['incomplete', 'ERR_OPENAI_RUN_INCOMPLETE', 'max_completion_tokens'],
  ])('fails with a code of its own when the run ends as %s', async (status, code, reason) => {
    server.assistants.plan({
      statuses: ['queued', status],
      ...(status === 'failed' && { last_error: { code: reason, message: 'ann asked too much' } }),
      ...(status === 'incomplete' && { incomplete_details: { reason } }),
    });
    const leg = assistantsLeg({ ...quick, client: server.client() });
    const error = await leg('ann', 'go').catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: 'AssistantsRunError',
      code,
      threadId: 'thread_1',
      runId: 'run_1',
      reason,
    });
    expect(`${JSON.stringify(error)} ${(error as Error).message}`).not.toContain('ann asked');
    expect(server.lines.join()).not.toContain('cancel');
  });

  it('waits for its turn while another run of the thread is active', async () => {
    server.assistants.plan({ statuses: ['queued', 'in_progress', 'in_progress', 'completed'] });
    const leg = assistantsLeg({ ...quick, client: server.client() });
    const replies = await Promise.all([leg('ann', 'one'), leg('ann', 'two')]);
    expect(replies.map(({ runId }) => runId).sort()).toEqual(['run_1', 'run_2']);
    expect(server.assistants.threads.get('thread_1')).toHaveLength(4);
  });

  it('fails at once with a thread that is busy where the app says so', async () => {
    server.assistants.plan({ statuses: ['in_progress'] });
    await server.client().post('/threads/thread_1/runs', { body: {} });
    const leg = assistantsLeg({ ...quick, client: server.client(), busy: 'fail' });
    await expect(leg('ann', 'go')).rejects.toMatchObject({
      code: 'ERR_OPENAI_THREAD_BUSY',
      cause: { status: 400 },
    });
  });

  it('throws what the client throws, and cancels a run that cannot be followed', async () => {
    server.fail(/GET .*runs\/run_1$/, { status: 500, body: { error: { message: 'broken' } } });
    const leg = assistantsLeg({ ...quick, client: server.client() });
    await expect(leg('ann', 'go')).rejects.toMatchObject({ status: 500 });
    await server.until(/run_1\/cancel/);
  });

  it('leaves retries to the client', async () => {
    const body = { error: { message: 'slow down' } };
    server.fail(/POST .*runs$/, { status: 429, body, headers: { 'retry-after-ms': '1' } }, 1);
    const leg = assistantsLeg({ ...quick, client: server.client(1) });
    expect((await leg('ann', 'go')).text).toBe('the answer');
  });

  it.each(['client', 'assistantId', 'threadOf'])('is not made without %s', (name) => {
    const options = { ...quick, client: server.client(), [name]: undefined };
    expect(() => assistantsLeg(options)).toThrow(`${name} is missing`);
  });

  it('names every option that cannot be used', () => {
    const options = { ...quick, client: server.client(), pollMs: -1, busy: 'perhaps' };
    expect(() => assistantsLeg(options as unknown as typeof quick & { client: never })).toThrow(
      /pollMs must .*busy must/,
    );
  });

  it('fails with a sentence when no argument is a text', async () => {
    const leg = assistantsLeg({
      assistantId: 'asst_1',
      client: server.client(),
      threadOf: (_: number) => 'thread_1',
    });
    await expect(leg(7)).rejects.toThrow('assistantsLeg needs the option "input"');
  });
});

describe('the waits of a leg of an assistant', () => {
  it('grow by half up to their limit', async () => {
    server.assistants.plan({ statuses: ['queued'] });
    const clock = fakeClock();
    const caller = new AbortController();
    const signalOf = () => caller.signal;
    const waits = { pollMs: 400, maxPollMs: 700 };
    const leg = assistantsLeg({ ...quick, ...waits, client: server.client(), clock, signalOf });
    const reply = leg('ann', 'go').catch((error: unknown) => error);
    let looks = 0;
    for (const ms of [400, 600, 700, 700]) {
      // The deadline of the call is one timer, the wait before the next look the other.
      while (clock.pending < 2) await clock.advance(0);
      await clock.advance(ms - 1);
      expect(clock.pending).toBe(2);
      await clock.advance(1);
      looks += 1;
      await server.until(/GET .*run_1$/, looks);
    }
    caller.abort('enough');
    expect(await reply).toBe('enough');
  });

  it.each([
    ['openai-poll-after-ms', '40'],
    ['retry-after-ms', '40'],
    ['retry-after', '0.04'],
  ])('are what the service says in %s', async (name, value) => {
    server.assistants.headers = { [name]: value };
    const clock = fakeClock();
    const leg = assistantsLeg({ ...quick, pollMs: 9000, client: server.client(), clock });
    const reply = leg('ann', 'go');
    for (let look = 1; look <= 2; look += 1) {
      while (clock.pending < 2) await clock.advance(0);
      await clock.advance(40);
      await server.until(/GET .*run_1$/, look);
    }
    expect((await reply).text).toBe('the answer');
    expect({ passed: clock.monotonic(), pending: clock.pending }).toEqual({
      passed: 80,
      pending: 0,
    });
  });
});

describe('the end of a call of an assistant', () => {
  it('cancels the run on the server when the caller goes, and leaves no timer and no listener', async () => {
    server.assistants.plan({ statuses: ['in_progress'] });
    const clock = fakeClock();
    const caller = new AbortController();
    const leg = assistantsLeg({
      ...quick,
      client: server.client(),
      clock,
      signalOf: () => caller.signal,
    });
    const reply = leg('ann', 'go');
    while (clock.pending < 2) await clock.advance(0);
    caller.abort(new Error('the user went home'));
    await expect(reply).rejects.toBe(caller.signal.reason);
    await server.until(/POST .*run_1\/cancel/);
    while (clock.pending > 0) await clock.advance(0);
    expect(server.assistants.runs).toMatchObject([{ status: 'cancelled' }]);
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  });

  it('cancels a run that had only begun to begin', async () => {
    const caller = new AbortController();
    const leg = assistantsLeg({
      ...quick,
      client: {
        get: () => Promise.reject(new Error('not reached')),
        delete: () => Promise.reject(new Error('not reached')),
        async post(path: string, options?: object) {
          if (path.endsWith('/runs')) caller.abort('gone');
          return server.client().post(path, options);
        },
      },
      signalOf: () => caller.signal,
    });
    await expect(leg('ann', 'go')).rejects.toBe('gone');
    await server.until(/POST .*run_1\/cancel/);
  });

  it('asks nothing when the caller has gone before', async () => {
    const leg = assistantsLeg({
      ...quick,
      client: server.client(),
      signalOf: () => AbortSignal.abort('gone'),
    });
    await expect(leg('ann', 'go')).rejects.toBe('gone');
    expect(server.lines).toEqual([]);
  });

  it('comes at its deadline, with the run cancelled', async () => {
    server.assistants.plan({ statuses: ['in_progress'] });
    const clock = fakeClock();
    const leg = assistantsLeg({
      ...quick,
      client: server.client(),
      clock,
      timeoutMs: 30_000,
      pollMs: 40_000,
    });
    const reply = leg('ann', 'go').catch((error: unknown) => error);
    while (clock.pending < 2) await clock.advance(0);
    await clock.advance(30_000);
    expect(await reply).toMatchObject({
      code: 'ERR_OPENAI_RUN_LATE',
      message: 'The run took longer than it may.',
    });
    await server.until(/POST .*run_1\/cancel/);
  });

  it('leaves nothing on a long-lived signal after many calls', async () => {
    const { signal } = new AbortController();
    server.assistants.plan({ statuses: ['completed'] });
    const leg = assistantsLeg({ ...quick, client: server.client(), signalOf: () => signal });
    for (let call = 0; call < 10; call += 1) await leg('ann', 'go');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('an assistant in the shadow', () => {
  const functions = ['look_up', 'pay'].map((name) => ({ type: 'function', function: { name } }));

  it('asks in a thread of its own that begins with the conversation as served, and deletes it', async () => {
    const context = {
      ...contextOf({ mirrored: true }),
      history: async () => [
        { role: 'user' as const, text: 'hi', leg: 'candidate' as const, at: 1 },
        { role: 'assistant' as const, text: 'hello', leg: 'candidate' as const, at: 2 },
      ],
    };
    const leg = assistantsLeg({ ...quick, client: server.client() });
    const reply = await leg.shadow(context, 'ann', 'and now?');
    expect(reply.text).toBe('the answer');
    expect(server.last(/POST \/threads$/).body).toEqual({
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'hello' },
      ],
    });
    await server.until(/DELETE \/threads\/thread_2_new/);
    expect(server.assistants.threads.get('thread_1')).toEqual([]);
    expect([...server.assistants.threads.keys()]).toEqual(['thread_1']);
  });

  it('is told no more turns than a new thread takes, and none that say nothing', async () => {
    const turns = Array.from({ length: 40 }, (_, at) => ({
      role: at % 2 === 0 ? ('user' as const) : ('assistant' as const),
      text: at === 39 ? ' ' : `turn ${at}`,
      leg: 'legacy' as const,
      at,
    }));
    const leg = assistantsLeg({ ...quick, client: server.client() });
    await leg.shadow(contextOf({ mirrored: true, turns }), 'ann', 'and now?');
    const { body } = server.last(/POST \/threads$/);
    const messages = body.messages as object[];
    expect(messages).toHaveLength(31);
    expect(messages[0]).toEqual({ role: 'user', content: 'turn 8' });
    expect(messages.at(-1)).toEqual({ role: 'user', content: 'turn 38' });
  });

  it.each([/POST \/threads$/, /DELETE/])('lets go of a service that hangs at %s', async (where) => {
    server.fail(where, 'hang');
    const [clock, signals]: [ReturnType<typeof fakeClock>, AbortSignal[]] = [fakeClock(), []];
    const real = server.client();
    const noted = (options: { signal?: AbortSignal } = {}): object => {
      if (options.signal) signals.push(options.signal);
      return options;
    };
    const client = {
      get: (path: string, options?: object) => real.get(path, options),
      post: (path: string, options?: object) => real.post(path, noted(options)),
      delete: (path: string, options?: object) => real.delete(path, noted(options)),
    };
    const context = contextOf({ mirrored: true });
    const leg = assistantsLeg({ ...quick, client, clock });
    const reply = leg.shadow(context, 'ann', 'go').catch(() => undefined);
    await server.until(/POST \/threads$/);
    context.abort('closing');
    await reply;
    if (`${where}` === '/DELETE/') await server.until(where);
    await clock.advance(10_000);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('has no tools but those that are named read-only, and tells what it called', async () => {
    server.assistants.tools = [...functions, { type: 'openapi' }, { type: 'file_search' }];
    server.assistants.plan({ calls: [{ type: 'file_search', file_search: {} }] });
    const context = contextOf({ mirrored: true });
    const readOnly = ['look_up', 'file_search'];
    const leg = assistantsLeg({ ...quick, client: server.client(), readOnly });
    await leg.shadow(context, 'ann', 'go');
    expect(server.last(/POST .*runs$/).body).toEqual({
      assistant_id: 'asst_1',
      tools: [functions[0], { type: 'file_search' }],
      tool_choice: 'auto',
    });
    expect(context.facts).toEqual({
      toolCalls: [{ name: 'file_search', arguments: {} }],
      usage: { inputTokens: 20, outputTokens: 5 },
    });
  });

  it('may choose no tool at all where none is read-only, whatever the run was to begin with', async () => {
    const run = () => ({ tools: functions, tool_choice: 'required' });
    const leg = assistantsLeg({ ...quick, client: server.client(), run });
    await leg.shadow(contextOf({ mirrored: true }), 'ann', 'go');
    expect(server.last(/POST .*runs$/).body).toMatchObject({ tools: [], tool_choice: 'none' });
  });

  it.each([
    ['alone', ['pay']],
    ['beside one that is', ['look_up', 'pay']],
  ])(
    'runs no function of the app that is not read-only, should the service ask for it %s',
    async (_how, names) => {
      server.assistants.plan({
        statuses: ['requires_action'],
        asks: names.map((name) => ({ id: `call_${name}`, name, arguments: '{}' })),
      });
      const paid: unknown[] = [];
      const toolOutputs = (calls: readonly object[]) => {
        paid.push(...calls);
        return calls.map(() => 'paid');
      };
      const leg = assistantsLeg({
        ...quick,
        client: server.client(),
        toolOutputs,
        readOnly: ['look_up'],
      });
      const reply = leg.shadow(contextOf({ mirrored: true }), 'ann', 'go');
      await expect(reply).rejects.toMatchObject({ code: 'ERR_OPENAI_RUN_NEEDS_TOOLS' });
      await server.until(/DELETE/);
      expect(paid).toEqual([]);
      expect(server.lines.slice(-2)).toEqual([
        'POST /threads/thread_2_new/runs/run_1/cancel',
        'DELETE /threads/thread_2_new',
      ]);
    },
  );

  it('stops with the lane, cancels its run and deletes its thread', async () => {
    server.assistants.plan({ statuses: ['in_progress'] });
    const context = contextOf({ mirrored: true });
    const leg = assistantsLeg({ ...quick, client: server.client() });
    const reply = leg.shadow(context, 'ann', 'go');
    await server.until(/GET .*run_1$/);
    context.abort('closing');
    await expect(reply).rejects.toBe('closing');
    await server.until(/DELETE \/threads\/thread_2_new/);
    expect(server.assistants.runs).toMatchObject([{ status: 'cancelled' }]);
  });
});
