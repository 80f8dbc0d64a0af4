import { CutoverError } from '../core/errors.ts';

/** The turns of a conversation are no longer handed back: the old side does not have them from this exchange on. */
export class HandBackError extends CutoverError {
  readonly conversation: string;
  /** The first exchange that the old side lacks. */
  readonly requestId: string;

  constructor(conversation: string, requestId: string, why: string, cause?: unknown) {
    super(
      'ERR_CUTOVER_HAND_BACK',
      `A conversation is no longer handed back: ${why}.`,
      cause === undefined ? undefined : { cause },
    );
    this.name = 'HandBackError';
    this.conversation = conversation;
    this.requestId = requestId;
  }
}
