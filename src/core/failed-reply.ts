import { attempt } from './attempt.ts';
import { CutoverError } from './errors.ts';

/** Stands for a reply that is a failure although nothing was thrown: told as an error is, and nothing of what it says. */
export class FailedReply extends CutoverError {
  /** Of a reply over HTTP. */
  readonly status: number | undefined;

  constructor(reply: unknown) {
    super('ERR_CUTOVER_FAILED_REPLY', 'The reply says that it is a failure.');
    this.name = 'FailedReply';
    const status = attempt(() => (reply as { status?: unknown } | null | undefined)?.status);
    this.status = typeof status === 'number' ? status : undefined;
  }
}
