import type { CandidateCall } from '../../candidate-call.ts';
import type { PreparedReply } from '../../replies/prepare-reply.ts';

/** A served candidate's reply that is ready to be sent; told apart from whatever legacy may come with. */
export class CandidateReply {
  readonly call: CandidateCall;
  /** What the candidate returned. */
  readonly value: unknown;
  readonly prepared: PreparedReply;

  constructor(call: CandidateCall, value: unknown, prepared: PreparedReply) {
    this.call = call;
    this.value = value;
    this.prepared = prepared;
  }

  /** Lets go of a reply that is not sent: an open stream would keep its connection. */
  discard(): void {
    if (this.prepared.kind === 'stream') this.prepared.source?.cancel();
  }
}
