import { getEventListeners, once } from 'node:events';
import {
  calibrate,
  type JudgeClient,
  type JudgeQuestion,
  type LlmJudgeOptions,
  llmJudge,
} from 'engramia-cutover/openai';
import { fakeClock } from 'engramia-cutover/testing';
import OpenAI, { type AzureOpenAI } from 'openai';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { divergence, layerOf } from '../compare/comparing.ts';
import { blocksIn, type JudgeReply, JudgeServer, wrapped } from './judge-server.ts';

const question: JudgeQuestion = { task: 'It was Lisbon.', first: 'Lisbon', second: 'Oslo' };
const other: JudgeQuestion = { ...question, first: 'Oslo', second: 'Lisbon' };
const { signal } = new AbortController();

let server: JudgeServer;
let client: OpenAI;

beforeEach(async () => {
  server = await JudgeServer.start();
  client = new OpenAI({ apiKey: 'key-of-the-judge', baseURL: server.url, maxRetries: 0 });
});

afterEach(() => server.close());

const judgeOf = (options: Partial<LlmJudgeOptions> = {}) =>
  llmJudge({ client, model: 'judge-1', ...options });

/** Both questions about a pair, as the comparison asks them. */
async function askPair(judge: ReturnType<typeof llmJudge>, text = '') {
  const [one, two] = [question, other].map((asked) => ({ ...asked, task: asked.task + text }));
  const before = await judge(one as JudgeQuestion, { signal, turn: 1 });
  return typeof before === 'string' ? judge(two as JudgeQuestion, { signal, turn: 2 }) : before;
}

describe('a question', () => {
  it.each([
    ['responses', '/v1/responses'],
    ['chat', '/v1/chat/completions'],
  ] as const)('goes to the API "%s" as %s and is answered', async (api, path) => {
    const judge = judgeOf({ api });
    expect(await judge(question, { signal })).toBe('first');
    expect(await judge(other, { signal })).toBe('second');
    expect(server.asked.map((asked) => asked.path)).toEqual([path, path]);
    expect(judge.counts).toMatchObject({
      questions: 2,
      answered: 2,
      inputTokens: 1_800,
      outputTokens: 20,
    });
  });

  it('asks the Responses API to keep nothing, and for a verdict alone', async () => {
    await judgeOf()(question, { signal });
    const { input, instructions, ...rest } = server.asked[0]?.body ?? {};
    expect(rest).toEqual({
      model: 'judge-1',
      store: false,
      max_output_tokens: 4_000,
      text: {
        format: {
          type: 'json_schema',
          name: 'verdict',
          strict: true,
          schema: {
            type: 'object',
            properties: { answer: { type: 'string', enum: ['first', 'second', 'tie'] } },
            required: ['answer'],
            additionalProperties: false,
          },
        },
      },
    });
  });

  it('asks the Chat Completions API for the same', async () => {
    await judgeOf({ api: 'chat', temperature: 0, maxOutputTokens: 50 })(question, { signal });
    expect(server.asked[0]?.body).toMatchObject({
      store: false,
      temperature: 0,
      max_completion_tokens: 50,
      messages: [{ role: 'system' }, { role: 'user' }],
      response_format: { type: 'json_schema', json_schema: { name: 'verdict', strict: true } },
    });
  });

  it('has a mark of its own each time, which the instructions do not hold', async () => {
    const judge = judgeOf();
    await judge(question, { signal });
    await judge(question, { signal });
    const marks = server.asked.map(({ message }) => blocksIn(message)[0]?.mark ?? '');
    expect(new Set(marks).size).toBe(2);
    for (const { instructions } of server.asked) {
      for (const mark of marks) expect(instructions).not.toContain(mark);
    }
  });

  it('tells the rubric and nothing of the legs', async () => {
    await judgeOf({ rubric: 'Only cities count.' })(question, { signal });
    const sent = JSON.stringify(server.asked[0]?.body);
    expect(sent).toContain('Only cities count.');
    expect(sent).not.toMatch(/legacy|candidate/i);
  });

  it('holds no more of the texts than it may, and never half of a pair', async () => {
    const judge = judgeOf({ maxChars: 3, maxTaskChars: 2 });
    await judge({ task: '12345', first: 'ab😀', second: 'abc' }, { signal });
    const data = blocksIn(server.asked[0]?.message ?? '').map(({ lines }) => lines);
    expect(data).toEqual([['"12"'], ['"ab"'], ['"abc"']]);
  });
});

describe('an answer that is no verdict', () => {
  const { responses, chat } = wrapped;
  const said = (text: string): JudgeReply => ({ status: 200, body: responses(text) });
  const message = (content: unknown) => ({ type: 'message', role: 'assistant', content });
  const output = (...items: unknown[]): JudgeReply => ({
    status: 200,
    body: { ...responses(''), output: items },
  });
  const part = { type: 'output_text', text: '{"answer":"first"}', annotations: [] };
  const choice = (changes: object, answer: object = {}): JudgeReply => {
    const body = chat('{"answer":"first"}');
    const [one] = body.choices;
    const told = { ...one, ...changes, message: { ...one?.message, ...answer } };
    return { status: 200, body: { ...body, choices: [told] } };
  };

  it.each<['responses' | 'chat', string, JudgeReply]>([
    ['responses', 'words', said('The first reply is better.')],
    ['responses', 'a verdict and words', said('{"answer":"first"} because it is right')],
    ['responses', 'another word', said('{"answer":"legacy"}')],
    ['responses', 'a verdict with more fields', said('{"answer":"first","why":"right"}')],
    ['responses', 'two verdicts in one', said('{"answer":"second","answer":"first"}')],
    ['responses', 'a list', said('[{"answer":"first"}]')],
    ['responses', 'a bare word', said('"first"')],
    ['responses', 'nothing', said('')],
    ['responses', 'a verdict in a page of blanks', said(`${' '.repeat(1_000)}{"answer":"first"}`)],
    [
      'responses',
      'cut off',
      { status: 200, body: { ...responses('{"answer":"first"}'), status: 'incomplete' } },
    ],
    ['responses', 'a refusal', output(message([{ type: 'refusal', refusal: 'No.' }]))],
    ['responses', 'two texts', output(message([part, part]))],
    ['responses', 'two messages', output(message([part]), message([part]))],
    ['responses', 'a call', output({ type: 'function_call', name: 'f' }, message([part]))],
    ['responses', 'no output', output()],
    ['responses', 'another shape', { status: 200, body: { output: 7 } }],
    ['chat', 'cut off', choice({ finish_reason: 'length' })],
    ['chat', 'a refusal', choice({}, { refusal: 'No.' })],
    ['chat', 'a call', choice({}, { tool_calls: [{ id: '1' }] })],
    ['chat', 'without content', choice({}, { content: null })],
    ['chat', 'without choices', { status: 200, body: {} }],
  ])('of the API "%s", %s, is noted as such', async (api, _, reply) => {
    server.reply = () => reply;
    const judge = judgeOf({ api });
    expect(await judge(question, { signal })).toEqual({ note: 'judge-unreadable' });
    expect(judge.counts).toMatchObject({ questions: 1, answered: 0, unreadable: 1 });
  });

  it('does not come of white space around one', async () => {
    server.reply = () => said('\n{ "answer" : "tie" }\n');
    expect(await judgeOf()(question, { signal })).toBe('tie');
  });
});

describe('what goes wrong', () => {
  it('is a note that tells nothing, and the error goes to whom the app named', async () => {
    server.reply = () => ({
      status: 401,
      body: { error: { message: 'Incorrect API key provided: key-of-the-judge' } },
    });
    const errors: unknown[] = [];
    const judge = judgeOf({ onError: (error) => errors.push(error) });
    expect(await judge(question, { signal })).toEqual({ note: 'judge-failed' });
    expect(errors).toEqual([expect.objectContaining({ status: 401 })]);
    expect(judge.counts.failed).toBe(1);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('a listener of the app');
      },
    ],
    ['rejects', () => Promise.reject(new Error('a listener of the app'))],
  ])('stays a note when the listener %s', async (_, onError) => {
    server.reply = () => ({ status: 400, body: {} });
    expect(await judgeOf({ onError })(question, { signal })).toEqual({ note: 'judge-failed' });
  });

  it('is tried again as often as the client does, as one question', async () => {
    server.reply = () =>
      server.asked.length === 1
        ? { status: 500, headers: { 'retry-after-ms': '1' }, body: {} }
        : '{"answer":"tie"}';
    const judge = judgeOf({ client: client.withOptions({ maxRetries: 1 }) });
    expect(await judge(question, { signal })).toBe('tie');
    expect(server.asked).toHaveLength(2);
    expect(judge.counts).toMatchObject({ questions: 1, answered: 1 });
  });

  it('is late after 20 seconds, and the request is ended', async () => {
    const clock = fakeClock();
    server.reply = () => undefined;
    const judge = judgeOf({ clock });
    const [asked, answer] = [server.nextRequest(), judge(question, { signal })];
    const closed = once((await asked).socket, 'close');
    await clock.advance(19_999);
    expect(judge.counts.late).toBe(0);
    await clock.advance(1);
    expect(await answer).toEqual({ note: 'judge-late' });
    await closed;
    expect(judge.counts).toMatchObject({ questions: 1, late: 1 });
    expect(clock.pending).toBe(0);
  });

  it('is aborted with the comparison, and the request is ended', async () => {
    server.reply = () => undefined;
    const controller = new AbortController();
    const judge = judgeOf();
    const [asked, answer] = [server.nextRequest(), judge(question, { signal: controller.signal })];
    const closed = once((await asked).socket, 'close');
    controller.abort();
    expect(await answer).toEqual({ note: 'judge-aborted' });
    await closed;
    expect(await judge(question, { signal: controller.signal })).toEqual({
      note: 'judge-aborted',
    });
    expect(server.asked).toHaveLength(1);
    expect(judge.counts.aborted).toBe(2);
  });
});

describe('a question that is over', () => {
  it('leaves no timer, and nothing on a signal that lives longer', async () => {
    const clock = fakeClock();
    const { signal: long } = new AbortController();
    const judge = judgeOf({ clock });
    await judge(question, { signal: long });
    server.reply = () => ({ status: 400, body: {} });
    await judge(question, { signal: long });
    expect(getEventListeners(long, 'abort')).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('before it is asked does not reach the client', async () => {
    let calls = 0;
    const create = async () => {
      calls += 1;
      return wrapped.responses('{"answer":"tie"}');
    };
    const judge = judgeOf({ client: { responses: { create } } });
    expect(await judge(question, { signal: AbortSignal.abort() })).toEqual({
      note: 'judge-aborted',
    });
    expect(calls).toBe(0);
  });
});

describe('a sample', () => {
  const pairs = Array.from({ length: 400 }, (_, at) => ` ${at}`);

  /** A client that answers at once. */
  const quick: JudgeClient = {
    responses: { create: async () => wrapped.responses('{"answer":"tie"}') },
  };

  it('judges about its share of the pairs, the same ones whichever reply comes first', async () => {
    const judge = judgeOf({ client: quick, sample: 0.25 });
    let judged = 0;
    for (const pair of pairs) {
      const asked = { ...question, task: pair };
      const answers = [
        await judge(asked, { signal, turn: 1 }),
        await judge({ ...asked, first: asked.second, second: asked.first }, { signal, turn: 1 }),
      ];
      expect(answers[0]).toEqual(answers[1]);
      if (answers[0] === 'tie') judged += 1;
      else expect(answers[0]).toEqual({ note: 'judge-sampled' });
    }
    expect(judged).toBeGreaterThan(70);
    expect(judged).toBeLessThan(130);
    expect(judge.counts).toMatchObject({
      questions: 800,
      answered: 2 * judged,
      sampled: 800 - 2 * judged,
    });
  });

  it('is drawn by the texts as they are shown, not by megabytes that are not', async () => {
    const judge = judgeOf({ client: quick, sample: 0.5, maxTaskChars: 100, maxChars: 100 });
    const ends = pairs.slice(0, 20);
    const cut = (text: string): string => 'x'.repeat(100) + text;
    const answers = ends.map((end) =>
      judge({ task: cut(end), first: cut(end), second: cut(end) }, { signal, turn: 1 }),
    );
    expect(new Set((await Promise.all(answers)).map((said) => JSON.stringify(said))).size).toBe(1);
  });

  it('is drawn once a pair where the app gives the draws', async () => {
    const draws = [0.1, 0.6];
    const judge = judgeOf({ sample: 0.5, random: () => draws.shift() ?? Number.NaN });
    expect(await askPair(judge)).toBe('second');
    expect(await askPair(judge)).toEqual({ note: 'judge-sampled' });
    expect(draws).toEqual([]);
  });

  it('of nothing asks nobody', async () => {
    expect(await askPair(judgeOf({ sample: 0 }))).toEqual({ note: 'judge-sampled' });
    expect(server.asked).toEqual([]);
  });
});

describe('a budget', () => {
  it('of calls is taken by pairs, and comes back with the next day', async () => {
    const clock = fakeClock();
    const judge = judgeOf({ clock, budget: { callsPerDay: 5 } });
    expect(await askPair(judge)).toBe('second');
    expect(await askPair(judge)).toBe('second');
    expect(await askPair(judge)).toEqual({ note: 'judge-budget' });
    expect(server.asked).toHaveLength(4);
    expect(judge.counts).toMatchObject({ questions: 5, answered: 4, budget: 1 });
    await clock.advance(24 * 3_600_000);
    expect(await askPair(judge)).toBe('second');
  });

  it('is not given twice where the clock is set back over midnight', async () => {
    const clock = fakeClock();
    const judge = judgeOf({ clock, budget: { callsPerDay: 2 } });
    const today = clock.now();
    expect(await askPair(judge)).toBe('second');
    clock.now = () => today - 24 * 3_600_000;
    expect(await askPair(judge)).toEqual({ note: 'judge-budget' });
    clock.now = () => today;
    expect(await askPair(judge)).toEqual({ note: 'judge-budget' });
  });

  it('comes back once a clock is right again that was ahead by more than a day', async () => {
    const clock = fakeClock();
    const judge = judgeOf({ clock, budget: { callsPerDay: 2 } });
    const today = clock.now();
    clock.now = () => today + 400 * 24 * 3_600_000;
    expect(await askPair(judge)).toBe('second');
    clock.now = () => today;
    expect(await askPair(judge)).toBe('second');
    expect(await askPair(judge)).toEqual({ note: 'judge-budget' });
  });

  it('is not charged for the second question of a pair whose first brought no verdict', async () => {
    server.reply = () => 'no verdict';
    const judge = judgeOf({ budget: { callsPerDay: 3 } });
    await askPair(judge);
    await askPair(judge);
    expect(await askPair(judge)).toEqual({ note: 'judge-budget' });
    expect(server.asked).toHaveLength(2);
  });

  it('of tokens is spent by what the service says it took', async () => {
    const judge = judgeOf({ budget: { tokensPerDay: 1_821 } });
    expect(await askPair(judge)).toBe('second');
    expect(await askPair(judge)).toBe('second');
    expect(await askPair(judge)).toEqual({ note: 'judge-budget' });
    const exact = judgeOf({ budget: { tokensPerDay: 1_820 } });
    expect(await askPair(exact)).toBe('second');
    expect(await askPair(exact)).toEqual({ note: 'judge-budget' });
  });

  it('of tokens is spent by questions that fail as well', async () => {
    server.reply = () => ({ status: 400, body: {} });
    const judge = judgeOf({ budget: { tokensPerDay: 100 } });
    expect(await askPair(judge)).toEqual({ note: 'judge-failed' });
    expect(await askPair(judge)).toEqual({ note: 'judge-budget' });
  });

  it.each([-900, null, '900'])('of tokens is spent where the service says %s', async (told) => {
    const verdict = wrapped.responses('{"answer":"tie"}');
    server.reply = () => ({
      status: 200,
      body: { ...verdict, usage: { input_tokens: told, output_tokens: 0 } },
    });
    const judge = judgeOf({ budget: { tokensPerDay: 100 } });
    await askPair(judge);
    expect(await askPair(judge)).toEqual({ note: 'judge-budget' });
  });

  it('holds while questions are under way', async () => {
    const judge = judgeOf({ budget: { callsPerDay: 4 } });
    const answers = await Promise.all(['', '!', '?'].map((text) => askPair(judge, text)));
    expect(answers).toEqual(['second', 'second', { note: 'judge-budget' }]);
  });
});

describe('a calibration', () => {
  const labelled = Array.from({ length: 120 }, (_, at) => {
    const isWorse = at % 2 === 0;
    const [legacy, candidate] = isWorse ? ['Lisbon', 'Oslo'] : ['Oslo', 'Lisbon'];
    const label = isWorse ? ('legacy' as const) : ('candidate' as const);
    return { task: `Parcel ${at}. It was Lisbon.`, legacy, candidate, label };
  });

  it('is neither sampled nor held to the budget, and makes verdicts more than advice', async () => {
    const judge = judgeOf({ sample: 0, budget: { callsPerDay: 2 } });
    const calibration = await calibrate(labelled.slice(0, 100), { judge });
    expect(calibration).toMatchObject({
      model: 'judge-1',
      fingerprint: judge.fingerprint,
      n: 100,
      sensitivity: { right: 50, of: 50, rate: 1 },
      specificity: { right: 50, of: 50, rate: 1 },
    });
    const kept = JSON.parse(JSON.stringify(calibration)) as typeof calibration;
    const again = judgeOf({ calibration: kept });
    const found = await divergence('It was Lisbon. Sunny', 'Oslo', { judge: again });
    expect(found.notes).not.toContain('judge-advisory');
    const fresh = await divergence('It was Lisbon. Sunny', 'Oslo', { judge: judgeOf() });
    expect(fresh.notes).toContain('judge-advisory');
  });

  it.each<[string, Partial<LlmJudgeOptions>]>([
    ['model', { model: 'judge-2' }],
    ['rubric', { rubric: 'Short is better.' }],
    ['API', { api: 'chat' }],
    ['temperature', { temperature: 1 }],
    ['length of what is shown', { maxChars: 100 }],
  ])('of another %s is refused with one error', async (_, changes) => {
    const calibration = await calibrate(labelled.slice(0, 2), { judge: judgeOf() });
    expect(() => judgeOf({ ...changes, calibration })).toThrow(
      /^Invalid options of llmJudge\(\): calibration must be of this model and rubric .*: calibrate again\.$/,
    );
  });

  it('that was tampered with or is none is refused', async () => {
    const calibration = await calibrate(labelled.slice(0, 2), { judge: judgeOf() });
    const { sensitivity: _, ...lacking } = calibration;
    for (const wrong of [
      { ...calibration, n: 100 },
      { ...calibration, specificity: { ...calibration.specificity, rate: 0.5 } },
      lacking,
      {},
    ]) {
      expect(() => judgeOf({ calibration: wrong as never })).toThrow('calibration');
    }
  });
});

describe('in a comparison', () => {
  it('a judge decides between two answers that say opposite things', async () => {
    const judge = judgeOf();
    server.reply = ({ message }) => {
      const [, first] = blocksIn(message);
      return JSON.stringify({ answer: first?.lines[0]?.includes('Lisbon') ? 'first' : 'second' });
    };
    const found = await divergence('It came from Lisbon.', 'It came from Oslo.', { judge });
    expect(found).toMatchObject({ verdict: 'worse', decidedBy: 'judge', advisory: true });
  });

  it('a judge that always takes the first reply has found ties', async () => {
    server.reply = () => '{"answer":"first"}';
    const found = await divergence('Lisbon', 'Oslo', { judge: judgeOf() });
    expect(layerOf(found, 'judge')?.notes).toEqual(['judge-tie', 'judge-order', 'judge-advisory']);
  });

  it('a judge without a verdict leaves it to the other layers, and says why', async () => {
    const judge = judgeOf({ sample: 0 });
    const found = await divergence('Lisbon', 'Oslo', { judge });
    expect(found.decidedBy).not.toBe('judge');
    expect(layerOf(found, 'judge')).toMatchObject({ say: 'none', notes: ['judge-sampled'] });
  });
});

describe('the options', () => {
  it('are refused with every issue at once', () => {
    const budget = { callsPerDay: 1 };
    const wrong = { client: {}, model: '', sample: 2, timeoutMs: 0, budget };
    const more = { clock: {} as never, calibration: null as never };
    expect(() => llmJudge({ ...wrong, ...more })).toThrow(
      /model must .*timeoutMs must .*sample must .*budget\.callsPerDay must be a whole number of 2.*clock must .*client must have the API.*calibration/,
    );
    expect(() => llmJudge(undefined as never)).toThrow('options must be an object');
  });

  it('need a client that has the API', () => {
    const half: JudgeClient = { responses: client.responses };
    expect(() => llmJudge({ client: half, model: 'm', api: 'chat' })).toThrow('the API "chat"');
    expect(llmJudge({ client: half, model: 'm' }).counts.questions).toBe(0);
  });

  it('take the clients of the package openai as they are', () => {
    expectTypeOf<OpenAI>().toExtend<JudgeClient>();
    expectTypeOf<AzureOpenAI>().toExtend<JudgeClient>();
  });
});
