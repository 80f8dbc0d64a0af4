import { isThenable } from '../../core/call/observation.ts';
import type { Subject } from '../../core/call/subject.ts';
import type { StageResolution, StageSource } from '../../core/contracts/stage-source.ts';
import { CutoverError } from '../../core/errors.ts';
import { shortKey } from '../../core/text/short-key.ts';
import { keyCopy } from '../../core/text/text.ts';
import type { FlagResolution } from '../provider.ts';
import { type CachedDecision, DecisionCache } from './decision-cache.ts';
import { type Evaluation, silentLogger } from './evaluation.ts';
import { evaluationContext, userOf } from './evaluation-context.ts';
import { InFlight } from './in-flight.ts';
import { KeyMemo } from './key-memo.ts';
import { stageAnswers } from './stage-answers.ts';
import { stageOf } from './stage-of.ts';

/** Stages of a provider that may take its time: fresh answers are served from memory, stale ones when it fails. */
export class CachedSource implements StageSource {
  readonly #evaluation: Evaluation;
  readonly #decisions: DecisionCache;
  readonly #keys: KeyMemo;
  readonly #pending: InFlight<StageResolution>;

  constructor(evaluation: Evaluation) {
    this.#evaluation = evaluation;
    this.#decisions = new DecisionCache(evaluation);
    // As many as there can be decisions.
    this.#keys = new KeyMemo(2 * evaluation.maxPerGeneration);
    this.#pending = new InFlight(evaluation.clock);
    evaluation.lifecycle.onChange(() => {
      this.#decisions.expire();
      this.#pending.abandon();
    });
  }

  resolve(tenant: string, subject: Subject): StageResolution | Promise<StageResolution> {
    let key: string | undefined;
    try {
      const bare = this.#ofTenantAlone(tenant, subject);
      if (bare !== undefined && this.#decisions.isFresh(bare))
        return stageAnswers.cached[bare.stage];
      key = shortKey(this.#keys.keyOf(tenant, subject));
      const known = this.#decisions.lastKnown(key);
      if (known !== undefined && this.#decisions.isFresh(known))
        return stageAnswers.cached[known.stage];
      return this.#ask(key, tenant, subject);
    } catch (error) {
      return this.#failed(error, tenant, key);
    }
  }

  fallback(tenant: string, subject: Subject): StageResolution {
    try {
      return this.#lastGood(shortKey(this.#keys.keyOf(tenant, subject)));
    } catch {
      // Attributes that make no key: `resolve` has reported them.
      return this.#lastGood(undefined);
    }
  }

  /** What most calls ask, found without a key being made; undefined also where the name could be read as another's key. */
  #ofTenantAlone(tenant: string, subject: Subject): CachedDecision | undefined {
    if (subject.attributes !== undefined || userOf(subject) !== undefined) return undefined;
    const known = this.#decisions.lastKnown(tenant);
    return known?.isBare ? known : undefined;
  }

  #ask(asked: string, of: string, subject: Subject): StageResolution | Promise<StageResolution> {
    // A provider may never answer: what waits for it keeps nothing that the name was cut from.
    const [key, tenant] = [keyCopy(asked), keyCopy(of)];
    const joined = this.#pending.join(key);
    if (joined !== undefined) return joined === 'late' ? this.#lastGood(key) : joined;
    const ready = this.#evaluation.lifecycle.ready();
    if (ready === false) return this.#lastGood(key);
    if (!this.#pending.hasRoom()) throw new CutoverError('ERR_CUTOVER_CONTAINED', this.#overload());
    if (ready !== true) {
      return this.#pending.start(key, async (counts) =>
        (await ready)
          ? this.#settle(
              key,
              tenant,
              Promise.resolve().then(() => this.#evaluate(tenant, subject)),
              counts,
            )
          : this.#lastGood(key),
      );
    }
    const answer = this.#evaluate(tenant, subject);
    if (!isThenable(answer)) return this.#accept(key, answer);
    return this.#pending.start(key, (counts) => this.#settle(key, tenant, answer, counts));
  }

  #evaluate(tenant: string, subject: Subject): FlagResolution | Promise<FlagResolution> {
    const { provider, flagKey, defaultStage, unit } = this.#evaluation;
    const context = evaluationContext(tenant, subject, unit);
    return provider.resolveStringEvaluation(flagKey, defaultStage, context, silentLogger);
  }

  async #settle(
    key: string,
    tenant: string,
    pending: PromiseLike<FlagResolution>,
    stillCounts: () => boolean,
  ): Promise<StageResolution> {
    try {
      return this.#accept(key, await pending, stillCounts);
    } catch (error) {
      return this.#failed(error, tenant, key);
    }
  }

  #accept(key: string, answer: FlagResolution, stillCounts = always): StageResolution {
    const { provider, flagKey } = this.#evaluation;
    const stage = stageOf(answer, provider.metadata.name, flagKey);
    if (stillCounts()) this.#decisions.put(key, stage);
    return stageAnswers.flag[stage];
  }

  #failed(error: unknown, tenant: string, key: string | undefined): StageResolution {
    const { reporter, where } = this.#evaluation;
    reporter.contained('flags.resolve', error, { ...where, tenant });
    return this.#lastGood(key);
  }

  #lastGood(key: string | undefined): StageResolution {
    const known = key === undefined ? undefined : this.#decisions.lastKnown(key);
    return known === undefined
      ? stageAnswers.default[this.#evaluation.defaultStage]
      : stageAnswers['last-known'][known.stage];
  }

  #overload(): string {
    return `Flag provider ${this.#evaluation.provider.metadata.name} leaves too many evaluations unanswered.`;
  }
}

const always = (): boolean => true;
