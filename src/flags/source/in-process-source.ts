import { disregard } from '../../core/attempt.ts';
import { isThenable } from '../../core/call/observation.ts';
import type { Subject } from '../../core/call/subject.ts';
import type { StageResolution, StageSource } from '../../core/contracts/stage-source.ts';
import { CutoverError } from '../../core/errors.ts';
import { hasPlainPrototype } from '../../core/text/plain-object.ts';
import type { FlagResolution } from '../provider.ts';
import { type Evaluation, silentLogger } from './evaluation.ts';
import { evaluationContext } from './evaluation-context.ts';
import { stageAnswers } from './stage-answers.ts';
import { stageOf } from './stage-of.ts';

/** An answer of the provider, and what it means. */
interface Known {
  readonly answer: unknown;
  readonly resolution: StageResolution;
}

/** Answers that are remembered: more than a ramp has with tenants of their own in each stage. */
const mostKnown = 8;

/** Stages of a provider that answers from memory: asked on every call, nothing is kept of tenants. */
export class InProcessSource implements StageSource {
  readonly #evaluation: Evaluation;
  // Built-in providers share one frozen answer a stage and reason: those are known by identity.
  readonly #known: Known[] = [];
  #oldest = 0;

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
      for (const known of this.#known) if (known.answer === answer) return known.resolution;
      return this.#read(answer);
    } catch (error) {
      return this.#failed(error, tenant);
    }
  }

  /** What the provider holds is the last known answer, so it is asked. */
  fallback(tenant: string, subject: Subject): StageResolution {
    const { stage, reason } = this.resolve(tenant, subject);
    return stageAnswers[reason === 'flag' ? 'last-known' : reason][stage];
  }

  #read(answer: FlagResolution | Promise<FlagResolution>): StageResolution {
    const { provider, flagKey } = this.#evaluation;
    if (isThenable(answer)) {
      disregard(answer);
      const what = `Flag provider ${provider.metadata.name} answered with a promise, though it is said to be in process`;
      throw new CutoverError('ERR_CUTOVER_CONTAINED', `${what}: leave inProcess out.`);
    }
    const stage = stageOf(answer, provider.metadata.name, flagKey);
    // A provider that has nothing to say hands the default back: that is not what the flag says.
    const why = answer.reason === 'DEFAULT' ? 'default' : 'flag';
    const resolution = stageAnswers[why][stage];
    if (isSettled(answer)) this.#remember({ answer, resolution });
    return resolution;
  }

  #remember(known: Known): void {
    this.#known[this.#oldest] = known;
    this.#oldest = (this.#oldest + 1) % mostKnown;
  }

  #failed(error: unknown, tenant: string): StageResolution {
    const { reporter, where, defaultStage, lifecycle } = this.#evaluation;
    reporter.contained('flags.resolve', error, { ...where, tenant });
    // Perhaps it was never initialized: then the next call finds it tried again.
    void lifecycle.ready();
    return stageAnswers.default[defaultStage];
  }
}

/** Whether an answer will never say anything else. A getter may, and so may what has one of its class, frozen as it is. */
function isSettled(answer: object): boolean {
  if (!Object.isFrozen(answer) || !hasPlainPrototype(answer)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(answer)).every((field) => 'value' in field);
}
