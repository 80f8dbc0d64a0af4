import {
  Agent,
  addTraceProcessor,
  type Model,
  Runner,
  type Span,
  setTraceProcessors,
  setTracingDisabled,
  type Trace,
  tool,
} from '@openai/agents';
import { createCutoverHandler, type ToolCall } from 'engramia-cutover';
import {
  AgentDivergedError,
  agentCandidate,
  agentTool,
  type ToolPolicy,
} from 'engramia-cutover/agents';
import { memoryFlags } from 'engramia-cutover/flags';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contextOf } from './call-contexts.ts';
import { type Called, ScriptedModel } from './scripted-model.ts';

const runner = () => new Runner({ tracingDisabled: true });

/** An agent that makes one call after the other, and the arguments of those that ran. */
function agentCalling(calls: readonly (Called | readonly Called[])[]) {
  const ran: unknown[] = [];
  const weather = tool({
    name: 'weather',
    description: 'Weather.',
    parameters: z.object({ city: z.string(), day: z.string().nullish() }),
    execute: ({ city }) => {
      ran.push(city);
      return `live weather of ${city}`;
    },
  });
  const steps = calls.map((call) => (Array.isArray(call) ? call : [call as Called]));
  const model = new ScriptedModel(...steps, 'done');
  return { agent: new Agent({ name: 'guide', model, tools: [weather] }), model, ran };
}

const weatherIn = (city: string, more = {}): Called => ({
  name: 'weather',
  arguments: { city, ...more },
});

const recordedIn = (city: string, result: unknown, more = {}): ToolCall => ({
  ...weatherIn(city),
  arguments: { ...more, city },
  result,
});

const outputs = ({ requests }: ScriptedModel): unknown[] =>
  ((requests.at(-1)?.input ?? []) as { type?: string; output?: { text?: string } }[])
    .filter(({ type }) => type === 'function_call_result')
    .map(({ output }) => output?.text);

async function mirror(
  given: ReturnType<typeof agentCalling>,
  policy: ToolPolicy | undefined,
  recorded: readonly ToolCall[] = [],
): Promise<{ reply: unknown; outputs: unknown[]; ran: unknown[] }> {
  const candidate = agentCandidate<string[]>({
    agent: given.agent,
    runner: runner(),
    mirror: { ...(policy && { tools: { weather: policy } }), recorded: () => recorded },
  });
  const reply = await candidate(contextOf({ mirrored: true }), 'What is the weather?');
  return { reply, outputs: outputs(given.model), ran: given.ran };
}

const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );

describe('tools of a mirrored agent', () => {
  it('are denied by default', async () => {
    expect(await mirror(agentCalling([weatherIn('Rome')]), undefined)).toEqual({
      reply: 'done',
      outputs: [expect.stringContaining('was not run')],
      ran: [],
    });
  });

  it.each<[string, ToolPolicy, unknown, unknown[]]>([
    ['run under execute', 'execute', 'live weather of Rome', ['Rome']],
    ['are answered with a value under stub', { stub: 'sunny' }, 'sunny', []],
    [
      'are answered by a function of their arguments under stub',
      { stub: ({ city }: { city: string }) => `sunny in ${city}` },
      'sunny in Rome',
      [],
    ],
    ['are answered as legacy’s were under replay', 'replay', 'recorded', []],
  ])('%s', async (_how, policy, output, ran) => {
    const result = await mirror(agentCalling([weatherIn('Rome')]), policy, [
      recordedIn('Rome', 'recorded'),
    ]);
    expect(result).toEqual({ reply: 'done', outputs: [output], ran });
  });

  it('are matched by name and arguments in any order of fields, text or not, each as often as legacy called', async () => {
    const calls = [
      [weatherIn('Rome', { day: 'today' }), weatherIn('Oslo')],
      weatherIn('Rome', { day: 'today' }),
    ];
    const result = await mirror(agentCalling(calls), 'replay', [
      recordedIn('Rome', 'first', { day: 'today' }),
      { name: 'weather', arguments: '{ "city": "Oslo" }', result: 'cold' },
      recordedIn('Rome', 'second', { day: 'today' }),
    ]);
    expect(result).toEqual({ reply: 'done', outputs: ['first', 'cold', 'second'], ran: [] });
  });

  it.each([
    ['other arguments', [recordedIn('Rome', 'sunny'), recordedIn('Paris', 'rain')]],
    ['one call too many', [recordedIn('Rome', 'sunny')]],
    [
      'a call whose result is not known',
      [recordedIn('Rome', 'sunny'), weatherIn('Oslo') as ToolCall],
    ],
  ])('end the run as diverged at the step of %s', async (_why, recorded) => {
    const given = agentCalling([weatherIn('Rome'), weatherIn('Oslo')]);
    const reason = await reasonOf(mirror(given, 'replay', recorded));
    expect(reason).toBeInstanceOf(AgentDivergedError);
    expect(reason).toMatchObject({ code: 'ERR_AGENT_DIVERGED', step: 2, tool: 'weather' });
    expect((reason as AgentDivergedError).arguments).toEqual({ city: 'Oslo' });
    expect(JSON.stringify(reason)).not.toContain('Oslo');
    expect(given.model.requests).toHaveLength(2);
  });

  it('end a streamed run as diverged as well', async () => {
    const { agent } = agentCalling([weatherIn('Rome')]);
    const candidate = agentCandidate<string[]>({
      agent,
      runner: runner(),
      stream: true,
      mirror: { otherTools: 'replay', recorded: () => [] },
    });
    const result = await candidate(contextOf({ mirrored: true }), 'go');
    const read = async () => {
      for await (const event of result) void event;
    };
    expect(await reasonOf(read())).toMatchObject({
      code: 'ERR_AGENT_DIVERGED',
    });
  });

  it('end the run also where an agent diverges that is used as a tool', async () => {
    const { agent: helper, model } = agentCalling([weatherIn('Rome')]);
    const outer = new ScriptedModel([{ name: 'ask', arguments: { input: 'Rome?' } }], 'went on');
    const agent = new Agent({
      name: 'desk',
      model: outer,
      tools: [agentTool(helper, { toolName: 'ask', toolDescription: 'Asks.' })],
    });
    const candidate = agentCandidate<string[]>({
      agent,
      runner: runner(),
      mirror: { tools: { weather: 'replay' }, recorded: () => [] },
    });
    expect(await reasonOf(candidate(contextOf({ mirrored: true }), 'go'))).toMatchObject({
      code: 'ERR_AGENT_DIVERGED',
      step: 2,
      tool: 'weather',
    });
    expect([model.requests.length, outer.requests.length]).toEqual([1, 1]);
  });

  it('tell the comparison of a divergence', async () => {
    const { agent } = agentCalling([weatherIn('Rome')]);
    const candidate = agentCandidate({
      agent,
      runner: runner(),
      mirror: { otherTools: 'replay', recorded: () => [] },
    });
    await using handler = createCutoverHandler({
      name: 'chat',
      legacy: async (message: string) => `legacy: ${message}`,
      candidate,
      identify: (message) => ({ tenant: 'acme', task: message }),
      flags: memoryFlags('shadow'),
    });
    const found: unknown[] = [];
    handler.on('compared', ({ mirrored }) => void found.push(mirrored.error));
    await handler('What is the weather?');
    await handler.flush();
    expect(found).toMatchObject([{ name: 'AgentDivergedError', code: 'ERR_AGENT_DIVERGED' }]);
  });

  it('named like parts of an object are denied like any other', async () => {
    const names = ['constructor', 'toString', '__proto__'];
    const ran: string[] = [];
    const tools = names.map((name) => ({
      ...tool({
        name: 'any',
        description: '',
        parameters: z.object({}),
        execute: () => void ran.push(name),
      }),
      name,
    }));
    const model = new ScriptedModel(...names.map((name) => [{ name }]), 'done');
    const agent = new Agent({ name: 'odd', model, tools });
    expect(
      await agentCandidate({ agent, runner: runner() })(contextOf({ mirrored: true }), 'go'),
    ).toBe('done');
    expect(ran).toEqual([]);
  });
});

describe('a mirrored run', () => {
  afterEach(() => {
    setTraceProcessors([]);
    setTracingDisabled(true);
  });

  it('is neither traced nor stored by the provider, whatever the app has set', async () => {
    const traced: string[] = [];
    const note = async (item: Trace | Span<never>) => void traced.push(item.type);
    setTracingDisabled(false);
    setTraceProcessors([]);
    addTraceProcessor({
      onTraceStart: note,
      onTraceEnd: note,
      onSpanStart: note as never,
      onSpanEnd: note as never,
      shutdown: async () => undefined,
      forceFlush: async () => undefined,
    });
    const model = new ScriptedModel('mirrored', 'served');
    const agent = new Agent({
      name: 'guide',
      model,
      modelSettings: { store: true, providerData: { store: true, seed: 1 } },
    });
    const own = new Runner({ modelSettings: { store: true, temperature: 0.5 } });
    const candidate = agentCandidate({ agent, runner: own });

    await candidate(contextOf({ mirrored: true }), 'go');
    expect(traced).toEqual([]);
    expect(model.requests[0]).toMatchObject({
      tracing: false,
      modelSettings: { store: false, temperature: 0.5, providerData: { seed: 1 } },
    });

    await candidate(contextOf(), 'go');
    expect(traced.length).toBeGreaterThan(0);
    expect(model.requests[0]?.modelSettings.providerData).toEqual({ seed: 1 });
    expect(model.requests[1]).toMatchObject({ modelSettings: { store: true } });
  });

  it('sends the provider nothing besides its settings by which it would act or keep something', async () => {
    const acting = {
      store: true,
      background: true,
      conversation: 'conversation-1',
      tools: [{ type: 'mcp', server_label: 'shop', server_url: 'https://shop.test' }],
      tool_choice: 'required',
    };
    const providerData = {
      ...acting,
      service_tier: 'flex',
      extra_body: { ...acting, seed: 1 },
      extraBody: { ...acting, extra_body: acting },
      extra_headers: { 'x-app': 'chat' },
    };
    const model = new ScriptedModel('mirrored', 'served');
    const agent = new Agent({ name: 'guide', model, modelSettings: { providerData } });
    const candidate = agentCandidate({
      agent,
      runner: new Runner({ modelSettings: { providerData } }),
    });

    await candidate(contextOf({ mirrored: true }), 'go');
    await candidate(contextOf(), 'go');
    expect(model.requests.map(({ modelSettings }) => modelSettings.providerData)).toEqual([
      {
        service_tier: 'flex',
        extra_body: { seed: 1 },
        extraBody: { extra_body: {} },
        extra_headers: { 'x-app': 'chat' },
      },
      providerData,
    ]);
  });

  it('uses a model, or a provider with a key, of its own', async () => {
    const [live, own, provided] = [1, 2, 3].map((at) => new ScriptedModel(`model ${at}`)) as [
      ScriptedModel,
      ScriptedModel,
      ScriptedModel,
    ];
    const providing = (model: Model) => ({ getModel: () => model });
    const fixed = agentCandidate({
      agent: new Agent({ name: 'guide', model: live }),
      runner: runner(),
      mirror: { model: own },
    });
    expect(await fixed(contextOf({ mirrored: true }), 'go')).toBe('model 2');
    expect(await fixed(contextOf(), 'go')).toBe('model 1');

    const named = agentCandidate({
      agent: new Agent({ name: 'guide', model: 'some-model' }),
      runner: new Runner({ tracingDisabled: true, modelProvider: providing(live) }),
      mirror: { modelProvider: providing(provided) },
    });
    expect(await named(contextOf({ mirrored: true }), 'go')).toBe('model 3');
  });

  it('continues no conversation that the provider keeps', async () => {
    const model = new ScriptedModel('one', 'two');
    const candidate = agentCandidate<string[]>({
      agent: new Agent({ name: 'guide', model }),
      runner: runner(),
      run: () => ({ conversationId: 'conversation-1' }),
    });
    await candidate(contextOf({ mirrored: true }), 'go');
    await candidate(contextOf(), 'go');
    expect(model.requests.map(({ conversationId }) => conversationId)).toEqual([
      undefined,
      'conversation-1',
    ]);
  });
});
