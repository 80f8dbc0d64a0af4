import {
  Agent,
  type AgentInputItem,
  assistant,
  MemorySession,
  OpenAIConversationsSession,
  Runner,
  user,
} from '@openai/agents';
import {
  type CallContext,
  createCutoverHandler,
  InvalidOptionsError,
  type Turn,
} from 'engramia-cutover';
import { agentCandidate } from 'engramia-cutover/agents';
import { memoryFlags } from 'engramia-cutover/flags';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OpenAIServer } from '../openai/openai-server.ts';
import { contextOf } from './call-contexts.ts';
import { ScriptedModel } from './scripted-model.ts';

const runner = () => new Runner({ tracingDisabled: true });
const coder = (model: ScriptedModel) => new Agent({ name: 'coder', model });

/** What a model was asked, a line a message. */
function asked(input: string | AgentInputItem[] | undefined): string[] {
  if (typeof input === 'string') return [`user: ${input}`];
  return (input ?? []).map((item) => {
    if (!('role' in item)) return 'no message';
    const { role, content } = item;
    if (typeof content === 'string') return `${role}: ${content}`;
    return `${role}: ${content.map((part) => ('text' in part ? part.text : '')).join('')}`;
  });
}

const turns: readonly Turn[] = [
  { role: 'user', text: 'My order is 17.', leg: 'legacy', at: 1 },
  { role: 'assistant', text: 'Thank you.', leg: 'legacy', at: 1 },
  { role: 'user', text: '…?', leg: 'candidate', at: 2 },
  { role: 'assistant', text: ' ', leg: 'candidate', at: 2 },
];

/** A leg over a model, in a session of the SDK's. */
const legOver = (model: ScriptedModel, session: MemorySession, more: { history?: number } = {}) =>
  agentCandidate<[string]>({
    ...{ agent: coder(model), runner: runner(), run: () => ({ session }) },
    ...more,
  });

/** A chat of one conversation that is kept; by default the candidate answers. */
const chatWith = (
  candidate: (context: CallContext, message: string) => Promise<string>,
  {
    legacy = async (message: string) => `Legacy heard: ${message}`,
    flags = memoryFlags('live'),
    transcript = memoryTranscript(),
  } = {},
) =>
  createCutoverHandler<[string], Promise<string>>({
    ...{ name: 'chat', legacy, candidate, flags, transcript },
    identify: (task) => ({ tenant: 'acme', conversation: 'c1', task }),
  });

describe('an agent in a conversation', () => {
  it('goes on after the flip with what legacy and the user have said', async () => {
    const model = new ScriptedModel('It is 17.', 'Still 17.', 'And in the shadow 17.');
    const flags = memoryFlags('dualwrite');
    const handler = createCutoverHandler<[string, string], Promise<string>>({
      name: 'chat',
      legacy: async (_conversation, message) => `Legacy heard: ${message}`,
      candidate: agentCandidate<[string, string]>({ agent: coder(model), runner: runner() }),
      identify: (conversation, task) => ({ tenant: 'acme', conversation, task }),
      flags,
      transcript: memoryTranscript(),
    });
    await handler('c1', 'My order is 17.');
    flags.set('acme', 'live');
    expect(await handler('c1', 'Which order?')).toBe('It is 17.');
    await handler('c1', 'Once more?');
    flags.set('acme', 'shadow');
    await handler('c1', 'And now?');
    await handler('c1', 'Later.');
    await handler.flush();
    const first = ['user: My order is 17.', 'assistant: Legacy heard: My order is 17.'];
    const second = ['user: Which order?', 'assistant: It is 17.'];
    const third = ['user: Once more?', 'assistant: Still 17.'];
    expect(model.requests.slice(0, 3).map(({ input }) => asked(input))).toEqual([
      [...first, 'user: Which order?'],
      [...first, ...second, 'user: Once more?'],
      // The mirror of a call: without what was served after it.
      [...first, ...second, ...third, 'user: And now?'],
    ]);
    await handler.close();
  });

  it.each([false, true])('is told the same when it streams (mirrored: %s)', async (mirrored) => {
    const model = new ScriptedModel('17');
    const candidate = agentCandidate({ agent: coder(model), runner: runner(), stream: true });
    for await (const _event of await candidate(contextOf({ mirrored, turns }), 'Which?'));
    expect(asked(model.requests[0]?.input)).toEqual([
      'user: My order is 17.',
      'assistant: Thank you.',
      'user: …?',
      'user: Which?',
    ]);
  });

  it('is told so many turns as the app says, or none', async () => {
    const model = new ScriptedModel('17', '17');
    const leg = (history: number | false) =>
      agentCandidate({ agent: coder(model), runner: runner(), history });
    await leg(3)(contextOf({ turns }), 'Which?');
    await leg(false)(contextOf({ turns }), 'Which?');
    expect(model.requests.map(({ input }) => asked(input))).toEqual([
      ['assistant: Thank you.', 'user: …?', 'user: Which?'],
      ['user: Which?'],
    ]);
    const wrong = { agent: coder(model), history: 0 };
    expect(() => agentCandidate(wrong)).toThrow(InvalidOptionsError);
  });

  it('is not told twice what its session or its own input holds', async () => {
    const model = new ScriptedModel('17', '17', '17');
    const session = new MemorySession();
    await session.addItems([user('My order is 17.'), assistant('Thank you.')]);
    const own = { agent: coder(model), runner: runner() };
    await agentCandidate({ ...own, run: (_context, _message: string) => ({ session }) })(
      contextOf({ turns }),
      'Which?',
    );
    const input = (_context: CallContext, message: string) => [user(`All of it, and: ${message}`)];
    await agentCandidate({ ...own, input })(contextOf({ turns }), 'Which?');
    await agentCandidate({ ...own, input, history: 1 })(
      contextOf({ turns: turns.slice(0, 2) }),
      'Which?',
    );
    expect(model.requests.map(({ input }) => asked(input))).toEqual([
      ['user: My order is 17.', 'assistant: Thank you.', 'user: Which?'],
      ['user: All of it, and: Which?'],
      ['assistant: Thank you.', 'user: All of it, and: Which?'],
    ]);
  });

  it.each([{ conversationId: 'conv_1' }, { previousResponseId: 'resp_1' }])(
    'is not told what its provider keeps of it: %j; a mirrored one is, and leaves that alone',
    async (kept) => {
      const model = new ScriptedModel('17', '17');
      const run = (_context: CallContext, _message: string) => kept;
      const leg = agentCandidate({ agent: coder(model), runner: runner(), run });
      await leg(contextOf({ turns: turns.slice(0, 2) }), 'Which?');
      await leg(contextOf({ turns: turns.slice(0, 2), mirrored: true }), 'Which?');
      const [served, mirrored] = model.requests;
      expect(asked(served?.input)).toEqual(['user: Which?']);
      expect(served).toMatchObject(kept);
      expect(asked(mirrored?.input)).toEqual([
        'user: My order is 17.',
        'assistant: Thank you.',
        'user: Which?',
      ]);
      for (const name of Object.keys(kept)) {
        expect(mirrored?.[name as keyof typeof mirrored]).toBeUndefined();
      }
    },
  );

  it('is not told twice what a conversation holds, however many turns the app asks for', async () => {
    const model = new ScriptedModel('One.', 'Two.', 'Three.', 'Four.');
    const session = new MemorySession();
    const flags = memoryFlags('dualwrite');
    const handler = chatWith(legOver(model, session, { history: 2 }), { flags });
    for (const message of ['Before?', 'Zero?']) await handler(message);
    flags.set('acme', 'live');
    for (const message of ['One?', 'Two?', 'Three?']) await handler(message);
    await handler.close();
    const before = ['user: Zero?', 'assistant: Legacy heard: Zero?'];
    const whole = ['One', 'Two', 'Three'].flatMap((n) => [`user: ${n}?`, `assistant: ${n}.`]);
    expect(asked(await session.getItems())).toEqual([...before, ...whole]);

    const own = { agent: coder(model), runner: runner(), history: 2 };
    const kept = (_context: CallContext, _message: string) => ({ conversationId: 'conv_1' });
    await agentCandidate({ ...own, run: kept })(contextOf({ turns }), 'Four?');
    expect(asked(model.requests[3]?.input)).toEqual(['user: Four?']);
  });

  it('begins a session with what was said before it, once', async () => {
    const model = new ScriptedModel('17', 'Still 17.');
    const session = new MemorySession();
    const run = (_context: CallContext, _message: string) => ({ session });
    const leg = agentCandidate({ agent: coder(model), runner: runner(), run });
    await leg(contextOf({ turns }), 'Which?');
    await leg(contextOf({ turns }), 'Sure?');
    const before = ['user: My order is 17.', 'assistant: Thank you.', 'user: …?', 'user: Which?'];
    expect(model.requests.map(({ input }) => asked(input))).toEqual([
      before,
      [...before, 'assistant: 17', 'user: Sure?'],
    ]);
  });

  it('hears what legacy said in its place and after a rollback, which its session does not know', async () => {
    const model = new ScriptedModel('One.', new Error('down'), 'Two.', 'Three.', 'Four.');
    const session = new MemorySession();
    const flags = memoryFlags('live');
    const handler = chatWith(legOver(model, session), { flags });
    await handler('First?');
    expect(await handler('In its place?')).toBe('Legacy heard: In its place?');
    await handler('Second?');
    flags.set('acme', 'dualwrite');
    for (let n = 0; n < 30; n += 1) await handler(`Rolled back ${n}?`);
    flags.set('acme', 'live');
    await handler('Third?');
    await handler('Fourth?');
    await handler.close();
    const said = model.requests.map(({ input }) => asked(input));
    const first = ['user: First?', 'assistant: One.'];
    const second = ['user: In its place?', 'assistant: Legacy heard: In its place?'];
    expect(said[2]).toEqual([...first, ...second, 'user: Second?']);
    const whole = [...first, ...second, 'user: Second?', 'assistant: Two.'];
    expect(said[3]?.slice(0, 7)).toEqual([...whole, 'user: Rolled back 5?']);
    expect(said[3]?.slice(-2)).toEqual([
      'assistant: Legacy heard: Rolled back 29?',
      'user: Third?',
    ]);
    expect(said[3]).toHaveLength(6 + 50 + 1);
    expect(said[4]).toEqual([...(said[3] ?? []), 'assistant: Three.', 'user: Fourth?']);
  });

  it.each([
    ['is redacted', memoryTranscript({ redact: (text) => text.replace('17', '[number]') })],
    ['is cut', memoryTranscript({ maxTurnChars: 16 })],
  ])('hears it also where what it said %s in the transcript', async (_how, transcript) => {
    const model = new ScriptedModel('Your order is 17.', new Error('down'), 'Done.');
    const session = new MemorySession();
    const handler = chatWith(legOver(model, session), {
      legacy: async () => 'By legacy.',
      transcript,
    });
    for (const message of ['Which one?', 'Now?', 'And now?']) await handler(message);
    await handler.close();
    expect(asked(model.requests[2]?.input)).toEqual([
      ...[
        'user: Which one?',
        'assistant: Your order is 17.',
        'user: Now?',
        'assistant: By legacy.',
      ],
      'user: And now?',
    ]);
  });

  it('hears nothing twice that its session holds as it was, and the transcript redacted', async () => {
    const model = new ScriptedModel('Done.');
    const spoken = (text: string, leg: Turn['leg']): Turn[] => [
      { role: 'user', text: 'Yes.', leg, at: 1 },
      { role: 'assistant', text, leg, at: 1 },
    ];
    const session = new MemorySession({
      initialItems: ['17', '18'].flatMap((text) => [user('Yes.'), assistant(text)]),
    });
    const served = [...spoken('[number]', 'candidate'), ...spoken('[number]', 'legacy')];
    await agentCandidate({
      agent: coder(model),
      runner: runner(),
      run: (_context, _message: string) => ({ session }),
    })(contextOf({ turns: served }), 'Yes.');
    expect(asked(model.requests[0]?.input)).toHaveLength(5);
  });

  it('looks at the last twenty items of a session', async () => {
    const session = new MemorySession();
    const limits: (number | undefined)[] = [];
    session.getItems = async (limit) => {
      limits.push(limit);
      return [assistant('One.')];
    };
    await agentCandidate({
      agent: coder(new ScriptedModel('Done.')),
      runner: runner(),
      run: (_context, _message: string) => ({ session }),
    })(contextOf({ turns: [] }), 'Yes.');
    expect(limits[0]).toBe(20);
  });

  it('hears it also where its reply was made of what it said', async () => {
    const said = (answer: string) => JSON.stringify({ answer });
    const model = new ScriptedModel(said('17'), new Error('down'), said('Done.'));
    const session = new MemorySession();
    const outputType = z.object({ answer: z.string() });
    const leg = agentCandidate<[string], string>({
      agent: new Agent({ name: 'coder', model, outputType }),
      runner: runner(),
      run: () => ({ session }),
      reply: ({ finalOutput }) => outputType.parse(finalOutput).answer,
    });
    const handler = chatWith(leg, { legacy: async () => 'By legacy.' });
    for (const message of ['Which one?', 'Now?', 'And now?']) await handler(message);
    await handler.close();
    expect(asked(model.requests[2]?.input).slice(2)).toEqual([
      ...['user: Now?', 'assistant: By legacy.', 'user: And now?'],
    ]);
  });

  it.each<[string, unknown, boolean]>([
    ['texts', 'One.', true],
    ['nothing', [], false],
    ['parts of other kinds', [{ type: 'refusal', refusal: 'No.' }], false],
  ])('goes by a session of the app that keeps %s', async (_what, content, isKnown) => {
    const model = new ScriptedModel('Done.');
    const kept = [user('One?'), { role: 'assistant', status: 'completed', content }];
    const session = new MemorySession();
    session.getItems = async () => kept as AgentInputItem[];
    const spoken = (text: string, leg: Turn['leg']): Turn[] => [
      { role: 'user', text: `${text}?`, leg, at: 1 },
      { role: 'assistant', text: `${text}.`, leg, at: 1 },
    ];
    const candidate = agentCandidate({
      agent: coder(model),
      runner: runner(),
      run: (_context, _message: string) => ({ session }),
    });
    const served = [...spoken('One', 'candidate'), ...spoken('Two', 'legacy')];
    await candidate(contextOf({ turns: served }), 'Three?').catch(() => undefined);
    const missed = isKnown ? ['user: Two?', 'assistant: Two.'] : [];
    expect(asked(model.requests[0]?.input).slice(2)).toEqual([...missed, 'user: Three?']);
  });

  it('reads of a long conversation no more than it needs, and all of it to find where its session ended', async () => {
    const model = new ScriptedModel('One.', 'Two.', 'Three.', 'Four.');
    const session = new MemorySession();
    const flags = memoryFlags('live');
    const transcript = memoryTranscript({ maxTurns: 1_000 });
    const limits: unknown[] = [];
    const { history } = transcript;
    transcript.history = (tenant, conversation, range) => {
      limits.push(range?.limit);
      return history.call(transcript, tenant, conversation, range);
    };
    const handler = chatWith(legOver(model, session), { flags, transcript });
    const rollBack = async (): Promise<void> => {
      flags.set('acme', 'dualwrite');
      for (let n = 0; n < 60; n += 1) await handler(`Rolled back ${n}?`);
      flags.set('acme', 'live');
    };
    for (const message of ['First?', 'Second?']) await handler(message);
    await rollBack();
    for (const message of ['Third?', 'Fourth?']) await handler(message);
    await handler.close();
    expect(limits).toEqual([50, 100, 100, undefined, 100]);
    const said = model.requests.map(({ input }) => asked(input));
    expect(said[2]?.slice(-2)).toEqual([
      'assistant: Legacy heard: Rolled back 59?',
      'user: Third?',
    ]);
    expect(said[3]).toEqual([...(said[2] ?? []), 'assistant: Three.', 'user: Fourth?']);
  });

  it('hears all of an outage once, though streamed runs leave their messages in the session', async () => {
    const down = new Error('down');
    const model = new ScriptedModel('One.', down, down, down, 'Five.');
    const session = new MemorySession();
    const leg = agentCandidate<[string], string>({
      agent: coder(model),
      runner: runner(),
      run: () => ({ session }),
      stream: true,
      reply: async (result) => {
        await result.completed;
        return String(result.finalOutput);
      },
    });
    const handler = chatWith(leg);
    for (const message of ['1?', '2?', '3?', '4?', '5?']) await handler(message);
    await handler.close();
    const before = ['user: 1?', 'assistant: One.'];
    const missed = ['2?', '3?', '4?'].flatMap((message) => [
      `user: ${message}`,
      `assistant: Legacy heard: ${message}`,
    ]);
    expect(asked(model.requests.at(-1)?.input)).toEqual([...before, ...missed, 'user: 5?']);
    expect(asked(await session.getItems())).toEqual([
      ...[...before, ...missed],
      ...['user: 5?', 'assistant: Five.'],
    ]);
  });

  it('knows its own last answer from the same words of legacy', async () => {
    const model = new ScriptedModel('Fine.');
    const session = new MemorySession({ initialItems: [user('One?'), assistant('Done.')] });
    const served: readonly Turn[] = [
      { role: 'user', text: 'One?', leg: 'candidate', at: 1 },
      { role: 'assistant', text: 'Done.', leg: 'candidate', at: 1 },
      { role: 'user', text: 'Two?', leg: 'legacy', at: 2 },
      { role: 'assistant', text: 'Done.', leg: 'legacy', at: 2 },
    ];
    await agentCandidate({
      agent: coder(model),
      runner: runner(),
      run: (_context, _message: string) => ({ session }),
    })(contextOf({ turns: served }), 'Three?');
    expect(asked(model.requests[0]?.input)).toEqual([
      ...['user: One?', 'assistant: Done.', 'user: Two?', 'assistant: Done.'],
      'user: Three?',
    ]);
  });

  it('hears nothing twice of a session that legacy writes to as well', async () => {
    const model = new ScriptedModel('Done.');
    const session = new MemorySession();
    const served: readonly Turn[] = [
      { role: 'user', text: 'One?', leg: 'candidate', at: 1 },
      { role: 'assistant', text: 'One.', leg: 'candidate', at: 1 },
      { role: 'user', text: 'Two?', leg: 'legacy', at: 2 },
      { role: 'assistant', text: 'Two.', leg: 'legacy', at: 2 },
    ];
    await session.addItems(
      served.map(({ role, text }) => (role === 'user' ? user : assistant)(text)),
    );
    await agentCandidate({
      agent: coder(model),
      runner: runner(),
      run: (_context, _message: string) => ({ session }),
    })(contextOf({ turns: served }), 'Three?');
    expect(asked(model.requests[0]?.input)).toEqual([
      ...['user: One?', 'assistant: One.', 'user: Two?', 'assistant: Two.'],
      'user: Three?',
    ]);
  });

  it('is told in the shadow what was served, and not what its session holds', async () => {
    const model = new ScriptedModel('17', '17');
    const session = new MemorySession();
    await session.addItems([user('Something else.'), assistant('Its own drift.')]);
    const run = (_context: CallContext, _message: string) => ({ session });
    const leg = agentCandidate({ agent: coder(model), runner: runner(), run });
    await leg(contextOf({ mirrored: true, turns: turns.slice(0, 2) }), 'Which?');
    await leg(contextOf({ mirrored: true }), 'Which?');
    expect(model.requests.map(({ input }) => asked(input))).toEqual([
      ['user: My order is 17.', 'assistant: Thank you.', 'user: Which?'],
      ['user: Something else.', 'assistant: Its own drift.', 'user: Which?'],
    ]);
    expect(await session.getItems()).toHaveLength(2);
  });

  it('makes no conversation at the provider in the shadow, and reads one that is there', async () => {
    await using server = await OpenAIServer.start();
    const made = { status: 200, body: { id: 'conv_1', object: 'conversation' } };
    server.fail(/POST \/conversations$/, made);
    server.fail(/GET .*items$/, { status: 200, body: { data: [], has_more: false } });
    // The agents' own copy of the package has types of its own.
    const client = server.client() as never;
    const leg = agentCandidate({
      agent: coder(new ScriptedModel()),
      runner: runner(),
      run: (_context: CallContext, conversationId: string | undefined, _message: string) => ({
        session: new OpenAIConversationsSession({
          client,
          ...(conversationId && { conversationId }),
        }),
      }),
    });
    await leg(contextOf({ mirrored: true }), undefined, 'Which?');
    expect(server.lines).toEqual([]);
    await leg(contextOf({ mirrored: true }), 'conv_7', 'Which?');
    expect(server.lines).toEqual(['GET /conversations/conv_7/items']);
  });
});
