import { setTimeout as pause } from 'node:timers/promises';
import type { Leg } from 'engramia-cutover';
import type { Question } from './questions.ts';

/** What the app's route answers. `by` is there for the demo, which counts the legs as users see them. */
export interface Reply {
  readonly text: string;
  readonly by: Leg;
}

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

/** Every so many runs the simulated candidate throws. */
const failsEvery = 40;

/** Both simulated models: they wait as a model would, and answer with text that names the tenant. */
export class Models {
  #answers = 0;
  #candidateRuns = 0;
  /** Ends the candidate's failures. */
  candidateIsMended = false;

  askLegacy(question: Question): Promise<Reply> {
    return this.#answer(manners.legacy, question);
  }

  askCandidate(question: Question, signal: AbortSignal): Promise<Reply> {
    this.#candidateRuns += 1;
    if (this.#candidateRuns % failsEvery === 0 && !this.candidateIsMended) {
      return Promise.reject(new Error('The simulated candidate fails now and then.'));
    }
    return this.#answer(manners.candidate, question, signal);
  }

  async #answer(manner: Manner, question: Question, signal?: AbortSignal): Promise<Reply> {
    const { by, fastestMs, spreadMs, phrase } = manner;
    this.#answers += 1;
    const ms = fastestMs + (this.#answers % (spreadMs + 1));
    await pause(ms, undefined, signal && { signal });
    return { text: `${phrase} for ${question.tenant}: ${question.message}`, by };
  }
}
