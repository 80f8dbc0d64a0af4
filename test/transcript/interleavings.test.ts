import type { CallContext, Stage, Turn } from 'engramia-cutover';
import { createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { type MemoryFlags, memoryFlags } from 'engramia-cutover/flags';
import { memoryTranscript } from 'engramia-cutover/transcript';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** What one call of a conversation has seen, and when it began and was answered, by one count of all moments. */
interface Witness {
  readonly text: string;
  readonly thread: string;
  readonly began: number;
  answered: number;
  leg: string;
  served: readonly Turn[] | undefined;
  mirrored: readonly Turn[] | undefined;
}

/** Gives a turn to whoever waits. */
type Turns = (label: string) => Promise<unknown>;

/** A cutover each of whose waits is somebody else's to end. */
class World {
  readonly witnesses: Witness[] = [];
  readonly returned = new Map<string, string[]>();
  readonly #flags: MemoryFlags = memoryFlags('shadow');
  #moment = 0;
  readonly handler;

  constructor(turn: Turns) {
    const memory = memoryTranscript();
    this.handler = createCutoverHandler<[thread: string, text: string], Promise<string>>({
      name: 'talk',
      legacy: async (_thread, text) => {
        await turn('legacy');
        return `re ${text}`;
      },
      candidate: shadowSafe(async (context, thread, text) => {
        await turn('candidate');
        await this.#look(context, thread, text);
        await turn('candidate');
        return `re ${text}`;
      }),
      identify: (thread, task) => {
        const [tenant = '', conversation = ''] = thread.split('|');
        return { tenant, conversation, task };
      },
      handBack: async ([question], { tenant, conversation }) => {
        await turn('hand back');
        const thread = `${tenant}|${conversation}`;
        this.returned.set(thread, [...(this.returned.get(thread) ?? []), question?.text ?? '']);
      },
      transcript: {
        append: async (served) => {
          await turn('append');
          await memory.append(served);
          await turn('appended');
        },
        history: async (...asked) => {
          await turn('history');
          return memory.history(...asked);
        },
        erase: (...erased) => memory.erase(...erased),
      },
      flags: this.#flags,
      logger: { warn: () => undefined },
    });
  }

  flip(stage: Stage): void {
    for (const tenant of tenants) this.#flags.set(tenant, stage);
  }

  async call(thread: string): Promise<void> {
    const text = `${thread} ${this.witnesses.length}`;
    this.#moment += 1;
    const one: Witness = {
      text,
      thread,
      began: this.#moment,
      answered: Number.POSITIVE_INFINITY,
      leg: '',
      served: undefined,
      mirrored: undefined,
    };
    this.witnesses.push(one);
    one.leg = (await this.handler.decide(thread, text)).leg;
    await this.handler(thread, text);
    this.#moment += 1;
    one.answered = this.#moment;
  }

  async #look(context: CallContext, _thread: string, text: string): Promise<void> {
    const turns = await context.history();
    const one = this.witnesses.find((witness) => witness.text === text);
    if (one === undefined) return;
    if (context.mirrored) one.mirrored = turns;
    else one.served = turns;
  }
}

// Joined by a slash, two of them would be the same.
const tenants = ['a', 'a/b', '__proto__'];
const threads = ['a|b/c', 'a/b|c', 'a|c', '__proto__|c'];

/** The questions of exchanges that were answered before a call of the same conversation began. */
const before = (world: World, one: Witness): string[] =>
  world.witnesses
    .filter(({ thread, answered }) => thread === one.thread && answered < one.began)
    .map(({ text }) => text);

const questions = (turns: readonly Turn[]): string[] =>
  turns.filter(({ role }) => role === 'user').map(({ text }) => text);

function checkWitness(world: World, one: Witness): void {
  const earlier = before(world, one);
  if (one.mirrored !== undefined) {
    // Exactly what was there when it began, whatever has been served since.
    expect(questions(one.mirrored).toSorted()).toEqual(earlier.toSorted());
  }
  if (one.served !== undefined) {
    const seen = questions(one.served);
    expect(seen).not.toContain(one.text);
    for (const text of earlier) expect(seen).toContain(text);
    for (const text of seen) expect(text.startsWith(`${one.thread} `)).toBe(true);
  }
  for (const turns of [one.mirrored ?? [], one.served ?? []]) {
    const times = turns.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ call: fc.constantFrom(...threads) }) },
  { weight: 1, arbitrary: fc.record({ flip: fc.constantFrom<Stage>('shadow', 'live') }) },
  { weight: 1, arbitrary: fc.constant({ wait: true }) },
);

describe('in any interleaving', () => {
  it('a mirror sees what was served before its call and nothing else, a served leg all of it, and turns come back in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { maxLength: 10 }), async (turns, steps) => {
        const world = new World((label) => turns.schedule(Promise.resolve(), label));
        const calls: Promise<void>[] = [];
        const play = async (): Promise<void> => {
          for (const one of steps) {
            if ('flip' in one) world.flip(one.flip);
            else if ('call' in one) calls.push(world.call(one.call));
            else
              await Promise.race([Promise.all(calls), turns.schedule(Promise.resolve(), 'wait')]);
          }
          await Promise.all(calls);
          await world.handler.flush();
        };
        await turns.waitFor(play());
        for (const one of world.witnesses) checkWitness(world, one);
        const { recorded, handedBack } = world.handler.stats().conversations;
        expect(recorded.stored).toBe(world.witnesses.length);
        expect(handedBack.done).toBe(handedBack.offered);
        for (const [thread, returned] of world.returned) {
          const answered = world.witnesses
            .filter((one) => one.thread === thread && returned.includes(one.text))
            .toSorted((a, b) => a.answered - b.answered)
            .map(({ text }) => text);
          expect(returned).toEqual(answered);
        }
        await world.handler.close();
      }),
      { numRuns: 300 },
    );
  });
});
