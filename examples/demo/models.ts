import { setTimeout as pause } from 'node:timers/promises';
import type { CallContext, Leg } from 'engramia-cutover';
import { type Answer, type Flaw, flaws, regressed } from './flaws.ts';
import type { Question } from './questions.ts';

/** What the app's route answers. `by` is there for the demo, which counts the legs as users see them. */
export interface Reply extends Answer {
  readonly by: Leg;
}

/** Whether an answer is about something else than was asked. */
export const isWrong = ({ text }: Answer, { message }: Question): boolean =>
  !text.endsWith(message);

/** How a simulated model behaves. */
interface Manner {
  readonly by: Leg;
  /** Milliseconds of the fastest answer. */
  readonly fastestMs: number;
  /** Answers take up to this many milliseconds more. */
  readonly spreadMs: number;
  readonly phrase: string;
}

const manners: Record<Leg, Manner> = {
  legacy: { by: 'legacy', fastestMs: 6, spreadMs: 5, phrase: 'Here is what I found' },
  candidate: { by: 'candidate', fastestMs: 4, spreadMs: 3, phrase: 'From what we learned' },
};

/** Every so many runs the simulated candidate throws: where it answers users, and in the shadow. */
const failsEvery = { served: 40, mirrored: 200 } as const;

/** How good the candidate is. `flawed`: in the shadow alone. `regressed`: for users as well. `mended`: it fails no more. */
export type Condition = 'usual' | 'flawed' | 'regressed' | 'mended';

/** Both simulated models: they wait as a model would, and answer with text that names the tenant. */
export class Models {
  #answers = 0;
  readonly #runs = { served: 0, mirrored: 0 };
  candidate: Condition = 'usual';
  /** Answers that have got each flaw. */
  readonly planted = new Map<Flaw, number>(flaws.map((flaw) => [flaw, 0]));
  /** Mirrored runs that failed, or whose answer is wrong. */
  badMirrored = 0;

  askLegacy(question: Question): Promise<Reply> {
    return this.#answer(manners.legacy, question);
  }

  async askCandidate(question: Question, { signal, mirrored }: CallContext): Promise<Reply> {
    const run = mirrored ? 'mirrored' : 'served';
    this.#runs[run] += 1;
    if (this.#runs[run] % failsEvery[run] === 0 && this.candidate !== 'mended') {
      if (mirrored) this.badMirrored += 1;
      throw new Error('The simulated candidate fails now and then.');
    }
    const reply = await this.#answer(manners.candidate, question, signal);
    const given = this.#asItIs(reply, question, mirrored);
    if (mirrored && isWrong(given, question)) this.badMirrored += 1;
    return given;
  }

  #asItIs(reply: Reply, question: Question, mirrored: boolean): Reply {
    if (this.candidate === 'regressed') return { ...reply, ...regressed(reply) };
    return mirrored && this.candidate === 'flawed' ? this.#spoilt(reply, question) : reply;
  }

  #spoilt(reply: Reply, { message }: Question): Reply {
    const flaw = flaws.find(({ questions }) => questions.test(message));
    if (flaw === undefined) return reply;
    this.planted.set(flaw, (this.planted.get(flaw) ?? 0) + 1);
    return { ...reply, ...flaw.spoil(reply) };
  }

  async #answer(manner: Manner, question: Question, signal?: AbortSignal): Promise<Reply> {
    const { by, fastestMs, spreadMs, phrase } = manner;
    this.#answers += 1;
    const ms = fastestMs + (this.#answers % (spreadMs + 1));
    await pause(ms, undefined, signal && { signal });
    const { tenant, message } = question;
    const toolCalls = [{ name: 'look_up', arguments: { tenant } }];
    return { text: `${phrase} for ${tenant}: ${message}`, toolCalls, by };
  }
}
