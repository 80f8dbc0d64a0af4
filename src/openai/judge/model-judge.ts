import { attempt, disregard } from '../../core/attempt.ts';
import { bucketCount, bucketOf, saltSeed } from '../../core/bucket.ts';
import type {
  JudgeAnswer,
  JudgeInit,
  JudgeQuestion,
  JudgeSilence,
} from '../../core/contracts/compare-options.ts';
import { fingerprint } from '../../core/text/fingerprint.ts';
import { fieldsOf } from '../fields.ts';
import { Lifetime } from '../lifetime.ts';
import { tokenUsageOf } from '../token-usage-of.ts';
import { judgeApis, verdictIn } from './judge-api.ts';
import { JudgeBudget } from './judge-budget.ts';
import { type JudgeCounts, type JudgeOutcome, noQuestions } from './judge-counts.ts';
import type { JudgeSettings } from './judge-options.ts';
import { judgeInstructions, judgeMessage } from './judge-prompt.ts';

/** Tokens that a question is taken to cost until the service tells: about four characters each. */
const charsPerToken = 4;

const sampleSeed = saltSeed('judge');

/** Asks a model, one question after the other, and keeps count. */
export class ModelJudge {
  readonly fingerprint: string;
  readonly #settings: JudgeSettings;
  readonly #instructions: string;
  readonly #budget: JudgeBudget;
  readonly #counts = noQuestions();

  constructor(settings: JudgeSettings) {
    const { rubric, model, api, temperature = null } = settings;
    this.#settings = settings;
    this.#instructions = judgeInstructions(rubric, settings);
    this.#budget = new JudgeBudget(settings.clock, settings.budget);
    this.fingerprint = fingerprint(JSON.stringify([this.#instructions, model, api, temperature]));
  }

  get counts(): JudgeCounts {
    return { ...this.#counts };
  }

  async ask(question: JudgeQuestion, init: JudgeInit): Promise<JudgeAnswer | JudgeSilence> {
    const { turn, always = false } = init;
    this.#counts.questions += 1;
    // The second question about a pair was decided on, and paid for, with the first.
    const isDecided = always || turn === 2;
    if (!isDecided && !this.#isSampled(question)) return this.#silence('sampled');
    if (!isDecided && !this.#budget.take(turn === 1 ? 2 : 1)) return this.#silence('budget');
    const said = await this.#answer(question, init.signal, always);
    if (typeof said === 'string') return said;
    if (!isDecided && turn === 1) this.#budget.giveBack();
    return said;
  }

  /** The same for both questions about a pair. */
  #isSampled({ task, first, second }: JudgeQuestion): boolean {
    const { sample, random, maxChars, maxTaskChars } = this.#settings;
    if (random !== undefined) return random() < sample;
    // By what is shown: all of a text may be megabytes.
    const replies = [first, second].map((text) => text.slice(0, maxChars)).sort();
    const pair = JSON.stringify([task.slice(0, maxTaskChars), ...replies]);
    return bucketOf(sampleSeed, pair) < sample * bucketCount;
  }

  #silence(outcome: Exclude<JudgeOutcome, 'answered'>): JudgeSilence {
    this.#counts[outcome] += 1;
    return { note: `judge-${outcome}` };
  }

  /** The one border of what the client throws. */
  async #answer(question: JudgeQuestion, outer: AbortSignal, isFree: boolean) {
    const { clock, timeoutMs, api } = this.#settings;
    const late = new Error('The judge was not answered in time.');
    const life = new Lifetime({
      clock,
      caller: outer,
      timeoutMs,
      late: () => late,
      isBackground: true,
    });
    try {
      const answer = fieldsOf(await this.#call(question, life, isFree));
      const verdict = verdictIn(judgeApis[api].read(answer));
      if (verdict === undefined) return this.#silence('unreadable');
      this.#counts.answered += 1;
      return verdict;
    } catch (error) {
      if (life.signal.aborted) {
        return this.#silence(life.signal.reason === late ? 'late' : 'aborted');
      }
      disregard(attempt(() => this.#settings.onError(error)));
      return this.#silence('failed');
    } finally {
      life.end();
    }
  }

  async #call(question: JudgeQuestion, life: Lifetime, isFree: boolean): Promise<unknown> {
    const { client, api, model, maxOutputTokens, temperature } = this.#settings;
    life.signal.throwIfAborted();
    const instructions = this.#instructions;
    const message = judgeMessage(question, this.#settings);
    const expected = Math.ceil((instructions.length + message.length) / charsPerToken);
    if (!isFree) this.#budget.charge(expected);
    const asked = { model, instructions, message, maxOutputTokens, temperature };
    const answer = await life.until(judgeApis[api].ask(client, asked, life.signal));
    const used = tokenUsageOf(fieldsOf(answer).usage);
    if (used === undefined) return answer;
    this.#counts.inputTokens += used.inputTokens;
    this.#counts.outputTokens += used.outputTokens;
    if (!isFree) this.#budget.charge(used.inputTokens + used.outputTokens - expected);
    return answer;
  }
}
