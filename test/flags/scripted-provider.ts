import type { EvaluationContext, FlagProvider, FlagResolution } from '../../src/flags/provider.ts';

/** What was asked of a provider. */
export interface Question {
  readonly flagKey: string;
  readonly defaultValue: string;
  readonly context: EvaluationContext;
}

/** A provider as a class, so that it works only when it is called bound, that answers as it is told. */
export class ScriptedProvider implements FlagProvider {
  readonly metadata = { name: 'scripted' };
  readonly inProcess: boolean;
  readonly questions: Question[] = [];
  readonly events = new ChangeEvents();
  answer: (question: Question) => FlagResolution | Promise<FlagResolution>;

  constructor(answer: ScriptedProvider['answer'], { inProcess = false } = {}) {
    this.answer = answer;
    this.inProcess = inProcess;
  }

  resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: EvaluationContext,
    logger: { debug(message: string): void },
  ): FlagResolution | Promise<FlagResolution> {
    logger.debug('OpenFeature providers take a logger for granted');
    const question = { flagKey, defaultValue, context };
    this.questions.push(question);
    return this.answer(question);
  }
}

/** The part of OpenFeature's emitter that providers are heard by. */
export class ChangeEvents {
  readonly handlers = new Set<(details?: unknown) => unknown>();
  readonly troubled = new Set<(details?: unknown) => unknown>();

  addHandler(eventType: string, handler: (details?: unknown) => unknown): void {
    if (eventType === 'PROVIDER_CONFIGURATION_CHANGED') this.handlers.add(handler);
    if (eventType === 'PROVIDER_ERROR') this.troubled.add(handler);
  }

  removeHandler(eventType: string, handler: (details?: unknown) => unknown): void {
    if (eventType === 'PROVIDER_CONFIGURATION_CHANGED') this.handlers.delete(handler);
    if (eventType === 'PROVIDER_ERROR') this.troubled.delete(handler);
  }

  change(): void {
    for (const handler of this.handlers) handler();
  }

  fail(details?: unknown): void {
    for (const handler of this.troubled) handler(details);
  }
}
