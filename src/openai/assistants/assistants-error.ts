import { CutoverError, type CutoverErrorCode } from '../../core/errors.ts';

/** What is known of a run that gave no reply. */
export interface AssistantsFailure {
  /** Undefined: there is no thread yet. */
  readonly threadId?: string | undefined;
  /** Undefined: there is no run yet. */
  readonly runId?: string | undefined;
  /** The service's own word for the reason: `rate_limit_exceeded`, `max_completion_tokens`, … */
  readonly reason?: string | undefined;
  /** What the service says besides. */
  readonly detail?: string | undefined;
  /** The tools whose results the run waits for. */
  readonly tools?: readonly string[] | undefined;
  readonly cause?: unknown;
}

/** Sentences about a run, by the code of its error. */
const sentences: Partial<Record<CutoverErrorCode, string>> = {
  ERR_OPENAI_RUN_FAILED: 'failed',
  ERR_OPENAI_RUN_EXPIRED: 'expired before it had finished',
  ERR_OPENAI_RUN_CANCELLED: 'was cancelled',
  ERR_OPENAI_RUN_INCOMPLETE: 'ended before its reply was complete',
  ERR_OPENAI_RUN_NEEDS_TOOLS: 'waits for results of tools that nobody gives',
  ERR_OPENAI_RUN_LATE: 'took longer than it may',
  ERR_OPENAI_THREAD_BUSY: 'could not begin: another run of its thread is active',
};

function messageOf(code: CutoverErrorCode, failure: AssistantsFailure): string {
  const { threadId, runId, reason, tools } = failure;
  const subject = runId === undefined ? 'The run' : `The run ${runId}`;
  const place = threadId === undefined ? '' : ` of the thread ${threadId}`;
  const why = tools === undefined ? reason : tools.join(', ');
  const sentence = `${subject}${place} ${sentences[code] ?? 'gave no reply'}`;
  return why === undefined ? `${sentence}.` : `${sentence}: ${why}.`;
}

/** A run of an assistant gave no reply. Its `code` says how it ended. */
export class AssistantsRunError extends CutoverError {
  readonly threadId: string | undefined;
  readonly runId: string | undefined;
  readonly reason: string | undefined;
  readonly tools: readonly string[] | undefined;
  /** Not enumerable, so that printing the error does not print what a user may have said. */
  declare readonly detail: string | undefined;

  constructor(code: CutoverErrorCode, failure: AssistantsFailure) {
    const { threadId, runId, reason, tools, detail, cause } = failure;
    super(code, messageOf(code, failure), cause === undefined ? undefined : { cause });
    this.name = 'AssistantsRunError';
    this.threadId = threadId;
    this.runId = runId;
    this.reason = reason;
    this.tools = tools;
    Object.defineProperty(this, 'detail', { value: detail });
  }
}
