import { createEngramiaClient } from 'engramia-cutover';
import { type ThreadMessage, threadPatterns } from 'engramia-cutover/openai';
import { fakeEngramia } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';

let made = 0;

const said = (role: string, text: string, more: Partial<ThreadMessage> = {}): ThreadMessage => {
  made += 1;
  const created_at = 1_714_000_000 + made;
  return { thread_id: 'thread_1', message_id: `msg_${made}`, role, text, created_at, ...more };
};

const textsOf = (messages: readonly ThreadMessage[]) =>
  [...threadPatterns(messages)].map(({ data }) => {
    const { task, design } = data as { task: string; design: { code: string } };
    return [task, design.code];
  });

const [first, answer, second, later] = [
  said('user', 'Where is order 17?'),
  said('assistant', 'On its way.'),
  said('user', 'And where is order 18?'),
  said('assistant', 'It was lost.'),
] as const;
const both = [
  ['Where is order 17?', 'On its way.'],
  ['And where is order 18?', 'It was lost.'],
];

describe('threadPatterns', () => {
  it('pairs each message of a user with the next one of the assistant', () => {
    expect(textsOf([first, answer, second, later])).toEqual(both);
  });

  it('keeps 2,000 code points of a task and 8,000 of an answer unless it is told otherwise', () => {
    const words = (count: number): string => 'words '.repeat(count / 6 + 1).slice(0, count);
    const long = [said('user', words(2_001)), said('assistant', words(8_001))];
    expect(textsOf(long)).toEqual([[words(2_000), words(8_000)]]);
  });

  it('has a name of the thread that the service takes, however long that is', () => {
    const runIdOf = (thread_id: string) => {
      const [record] = threadPatterns([first, answer].map((one) => ({ ...one, thread_id })));
      return (record?.data as { design: { run_id: string } } | undefined)?.design.run_id;
    };
    expect(runIdOf('thread_1')).toBe('openai-thread:thread_1');
    expect(runIdOf('é'.repeat(300))).toBe(`openai-thread:${'é'.repeat(186)}`);
  });

  it('pairs no message with one of another thread, and a user who asked twice with the last of it', () => {
    const other = said('assistant', 'Hello.', { thread_id: 'thread_2' });
    const alone = said('user', 'Is anybody there?', { thread_id: 'thread_2' });
    expect(textsOf([first, other, second, alone, later])).toEqual([both[1]]);
    expect(textsOf([first, answer, said('assistant', 'Anything else?')])).toEqual([both[0]]);
  });

  it('takes messages in any order, also the newest first within a second', () => {
    expect(textsOf([later, first, second, answer])).toEqual(both);
    const at = (message: ThreadMessage, created_at: number) => ({ ...message, created_at });
    expect(textsOf([at(later, 9), at(second, 9), at(answer, 8), at(first, 8)])).toEqual(both);
  });

  it('leaves out what is too short, blank or no text', () => {
    const nothing = said('assistant', '', { text: null as never });
    const short = [said('user', 'ok'), said('assistant', 'Fine.')];
    const blank = [said('user', 'Where is it now?'), nothing, said('assistant', ' ')];
    expect(textsOf([...short, ...blank, first, answer])).toEqual([both[0]]);
  });

  it('takes personal data out and cuts, by rules of the app where it has some', () => {
    const asked = said('user', 'I am ann@example.org, where is order 17?');
    const reply = said('assistant', 'Soon.');
    expect(textsOf([asked, reply])).toEqual([[expect.not.stringContaining('ann@'), 'Soon.']]);
    const redact = (text: string) => text.replaceAll('order', 'thing');
    const [record] = threadPatterns([first, answer], { redact, maxTaskChars: 14, maxCodeChars: 5 });
    expect(record?.data).toMatchObject({ task: 'Where is thing', design: { code: 'On it' } });
  });

  it('is found again by recall, with its score and its thread, and imported once', async () => {
    const keys = { 'admin-key': { tenant: 'acme', role: 'admin' } } as const;
    await using fake = await fakeEngramia({ keys });
    const client = createEngramiaClient({ baseUrl: fake.url, apiKey: fake.key, fetch: fake.fetch });
    const records = [...threadPatterns([first, answer], { scoreOf: () => 7 })];
    expect(await client.import({ records })).toMatchObject({ imported: 1 });
    expect(await client.import({ records })).toMatchObject({ imported: 0 });
    const { matches } = await client.recall({ task: 'Where is order 17?' });
    expect(matches[0]?.pattern).toMatchObject({ code: 'On its way.', successScore: 7 });
    const { records: exported } = await client.export();
    expect(exported[0]?.data).toMatchObject({ design: { run_id: 'openai-thread:thread_1' } });
    await client.close();
  });

  it('refuses options that it cannot use at once, and a score that nobody would find again', () => {
    const wrong = { scoreOf: 5, maxTaskChars: 0, redact: 'all' } as never;
    expect(() => threadPatterns([], wrong)).toThrow(/scoreOf.*maxTaskChars.*redact/su);
    const tooHigh = threadPatterns([first, answer], { scoreOf: () => 30 });
    expect(() => [...tooHigh]).toThrow('scoreOf must give 0 to 10');
  });
});
