/** Why a reply that the app sent counts as failed: it was no success, or did not reach the client whole. */
export class UnfitReply extends Error {
  /** The HTTP status that was sent; undefined: the reply was cut short. */
  readonly status: number | undefined;

  constructor(status: number | undefined) {
    super(status === undefined ? 'The reply was cut short.' : `The reply has status ${status}.`);
    this.name = 'UnfitReply';
    this.status = status;
  }
}
