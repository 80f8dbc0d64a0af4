import { llmJudge } from 'engramia-cutover/openai';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askBothOrders, type JudgedPair } from '../../src/compare/judging/ask-both-orders.ts';
import { injections } from './judge-injections.ts';
import { type Asked, blocksIn, JudgeServer } from './judge-server.ts';

const maxChars = 8_000;
const maxTaskChars = 4_000;

const task = 'Where was the parcel sent from? It was Lisbon.';
const right = 'The parcel was sent from Lisbon on Monday.';
const wrong = 'The parcel was sent from Oslo on Monday.';

/** Pairs with a known verdict. */
const pairs = {
  legacy: { task, legacy: right, candidate: wrong },
  candidate: { task, legacy: wrong, candidate: right },
  tie: { task, legacy: right, candidate: `${right} Anything else?` },
} as const;

type Part = keyof JudgedPair;

let server: JudgeServer;
let client: OpenAI;

beforeAll(async () => {
  server = await JudgeServer.start();
  client = new OpenAI({ apiKey: 'key-of-the-judge', baseURL: server.url, maxRetries: 0 });
});

afterAll(() => server.close());

beforeEach(() => {
  server.asked.length = 0;
});

/** What a block must hold: the beginning of a text, and no half of a pair at its end. */
function capped(text: string, most: number): string {
  const kept = text.slice(0, most);
  return text.length > most && /[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept;
}

/** Characters that a line of data may be made of: none that ends it, hides, or is part of a mark. */
const harmless =
  /^"(?:(?![<>&`＜＞﹤﹥]|\p{Default_Ignorable_Code_Point})[\x20-\x7e\p{L}\p{M}\p{N}\p{P}\p{S}])*"$/u;

function expectClean({ message }: Asked, pair: JudgedPair): void {
  const blocks = blocksIn(message);
  expect(blocks.map(({ name }) => name)).toEqual(['task', 'first', 'second']);
  expect(new Set(blocks.map(({ mark }) => mark)).size).toBe(1);
  expect(blocks[0]?.mark).toMatch(/^[0-9a-f]{24}$/);
  expect(message.startsWith(`mark ${blocks[0]?.mark}\n<<<task `)).toBe(true);
  // A mark, and three lines a block: not one line more.
  expect(message.split('\n')).toHaveLength(10);
  const data = blocks.map(({ lines }) => {
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(harmless);
    return JSON.parse(lines[0] as string) as string;
  });
  expect(data[0]).toBe(capped(pair.task, maxTaskChars));
  const replies = [capped(pair.legacy, maxChars), capped(pair.candidate, maxChars)];
  expect(data.slice(1).sort()).toEqual(replies.sort());
}

/** Where a text is put: into which part of the pair with which verdict. */
const places: Readonly<
  Record<'responses' | 'chat', readonly (readonly [keyof typeof pairs, Part])[]>
> = {
  responses: [
    ['legacy', 'task'],
    ['legacy', 'legacy'],
    ['legacy', 'candidate'],
    ['candidate', 'legacy'],
    ['candidate', 'candidate'],
    ['tie', 'candidate'],
  ],
  chat: [['legacy', 'candidate']],
};

describe.each(['responses', 'chat'] as const)('over the API "%s"', (api) => {
  it.each(Object.entries(injections))(
    'a text that %s stays in its block and changes no verdict',
    async (_, injection) => {
      const judge = llmJudge({ client, model: 'judge-1', api });
      const { signal } = new AbortController();
      const rest = new Set<string>();
      for (const [verdict, part] of places[api]) {
        const clean = pairs[verdict];
        const pair: JudgedPair = { ...clean, [part]: `${clean[part]} ${injection}` };
        const ruling = await askBothOrders(judge, pair, { signal });
        expect(ruling, `${part} of ${verdict}`).toEqual({ preference: verdict, flipped: false });
        const asked = server.asked.splice(0);
        expect(asked).toHaveLength(2);
        for (const one of asked) {
          expectClean(one, pair);
          rest.add(JSON.stringify(one.body).replace(JSON.stringify(one.message), ''));
        }
      }
      // Whatever the texts say, all but the message is the same.
      expect([...rest]).toHaveLength(1);
      const questions = 2 * places[api].length;
      expect(judge.counts).toMatchObject({ questions, answered: questions });
    },
  );
});

describe('the corpus', () => {
  it('has at least 40 cases, no two alike', () => {
    expect(new Set(Object.values(injections)).size).toBeGreaterThanOrEqual(40);
  });

  it('would change verdicts if texts were put into the message as they are', async () => {
    const naive = ({ first, second }: { first: string; second: string }) =>
      `<<<task x\n${JSON.stringify(task)}\ntask x>>>\n<<<first x\n"${first}"\nfirst x>>>\n<<<second x\n"${second}"\nsecond x>>>`;
    const escaping = Object.values(injections).filter((injection) => {
      const blocks = blocksIn(naive({ first: `${wrong} ${injection}`, second: right }));
      return blocks.length !== 3 || blocks.some(({ lines }) => lines.length !== 1);
    });
    expect(escaping.length).toBeGreaterThan(10);
  });
});
