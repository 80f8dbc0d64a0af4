import { fakeClock } from 'engramia-cutover/testing';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';
import type { DeliveredExchange } from '../../src/core/contracts/conversations.ts';
import { createConversations } from '../../src/transcript/create-conversations.ts';

const interleavings = 10_000;

/** A source of numbers that a seed repeats. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

/** Whoever waits, waits here: who goes on next is drawn. */
class DrawnTurns {
  readonly #draw: (below: number) => number;
  readonly #waiting: (() => void)[] = [];

  constructor(draw: (below: number) => number) {
    this.#draw = draw;
  }

  take(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  give(): boolean {
    const [goOn] = this.#waiting.splice(this.#draw(this.#waiting.length), 1);
    goOn?.();
    return goOn !== undefined;
  }
}

// Joined by a slash or by nothing, some of them would be the same.
const pairs = [
  ['a', 'b/c'],
  ['a/b', 'c'],
  ['ab', '/c'],
  ['__proto__', 'constructor'],
  ['constructor', '__proto__'],
  ['1:a', 'b'],
] as const;

interface Seen {
  shown: number;
  returned: number;
  leaks: string[];
}

/** Plays eight exchanges of drawn conversations, with questions about others in between. */
async function play(seed: number, seen: Seen): Promise<void> {
  const draw = numbersFrom(seed);
  const turns = new DrawnTurns(draw);
  const clock = fakeClock();
  const memory = memoryTranscript({ clock });
  const told = (
    where: 'shown' | 'returned',
    owner: string,
    texts: readonly { readonly text: string }[],
  ): void => {
    seen[where] += texts.length;
    for (const { text } of texts) {
      if (text !== owner) seen.leaks.push(`seed ${seed}: ${text} was ${where} to ${owner}`);
    }
  };
  const conversations = createConversations({
    transcript: {
      append: async (served) => {
        if (draw(2) === 0) await turns.take();
        await memory.append(served);
        if (draw(3) === 0) await turns.take();
      },
      history: async (...asked) => {
        const answer = await memory.history(...asked);
        if (draw(2) === 0) await turns.take();
        return answer;
      },
      erase: (...erased) => memory.erase(...erased),
    },
    clock,
    random: () => 0,
    reporter: { listeners: {} as never, wants: () => false, emit() {}, contained() {} },
    warn() {},
    idle() {},
  });
  const asking: Promise<void>[] = [];
  for (let n = 0; n < 8; n += 1) {
    const [tenant, conversation] = pairs[draw(pairs.length)] ?? pairs[0];
    const owner = JSON.stringify([tenant, conversation]);
    if (draw(3) > 0) {
      const exchange: DeliveredExchange = {
        route: 'talk',
        requestId: `${n}`,
        tenant,
        conversation,
        subject: { tenant, conversation, task: owner },
        leg: 'candidate',
        reply: owner,
        view: (reply) => ({ text: reply as string }),
        handBack: async (given, subject) => {
          if (draw(2) === 0) await turns.take();
          told('returned', JSON.stringify([subject.tenant, subject.conversation]), given);
        },
        waiter: undefined,
      };
      conversations.deliver(exchange);
    } else {
      const question = { route: 'talk', tenant, conversation, limit: undefined, before: undefined };
      asking.push(conversations.history(question).then((answer) => told('shown', owner, answer)));
    }
    if (draw(4) === 0) await new Promise((resolve) => setImmediate(resolve));
    turns.give();
  }
  const all = Promise.all(asking);
  let isOver = false;
  void all.then(() => {
    isOver = true;
  });
  while (!isOver || conversations.pending > 0) {
    if (!turns.give()) await new Promise((resolve) => setImmediate(resolve));
    else await undefined;
  }
}

describe('Promise 4 (isolation) of conversations', () => {
  it(`tells nobody another tenant's or conversation's turns in ${interleavings} interleavings`, async () => {
    const seen: Seen = { shown: 0, returned: 0, leaks: [] };
    for (let seed = 0; seed < interleavings; seed += 1) await play(seed, seen);
    expect(seen.leaks).toEqual([]);
    expect(seen.shown).toBeGreaterThan(interleavings);
    expect(seen.returned).toBeGreaterThan(interleavings);
  });
});
