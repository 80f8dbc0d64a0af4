import { isThenable } from '../core/observation.ts';
import type { StageResolution, StageSource } from '../core/stage-source.ts';
import type { Subject } from '../core/subject.ts';
import { type Evaluation, silentLogger } from './evaluation.ts';
import { evaluationContext } from './evaluation-context.ts';
import { stageAnswers } from './stage-answers.ts';
import { stageOf } from './stage-of.ts';

/** Stages of a provider that answers from memory: asked on every call, nothing is kept. */
export class InProcessSource implements StageSource {
  readonly #evaluation: Evaluation;

  constructor(evaluation: Evaluation) {
    this.#evaluation = evaluation;
  }

  resolve(tenant: string, subject: Subject): StageResolution {
    const { provider, flagKey, defaultStage, unit } = this.#evaluation;
    try {
      const answer = provider.resolveStringEvaluation(
        flagKey,
        defaultStage,
        evaluationContext(tenant, subject, unit),
        silentLogger,
      );
      // One that answers with a promise is not in process: the promise names no stage, and must not reject unseen.
      if (isThenable(answer)) Promise.resolve(answer).catch(() => undefined);
      return stageAnswers.flag[
        stageOf(answer as Awaited<typeof answer>, provider.metadata.name, flagKey)
      ];
    } catch (error) {
      return this.#failed(error, tenant);
    }
  }

  /** What the provider holds is the last known answer, so it is asked. */
  fallback(tenant: string, subject: Subject): StageResolution {
    const { stage, reason } = this.resolve(tenant, subject);
    return stageAnswers[reason === 'flag' ? 'last-known' : reason][stage];
  }

  #failed(error: unknown, tenant: string): StageResolution {
    const { reporter, where, defaultStage, lifecycle } = this.#evaluation;
    reporter.contained('flags.resolve', error, { ...where, tenant });
    // Perhaps it was never initialized: then the next call finds it tried again.
    void lifecycle.ready();
    return stageAnswers.default[defaultStage];
  }
}
