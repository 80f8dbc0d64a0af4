const { then } = Promise.prototype;

/**
 * Chains a thenable as `await` would: a promise by Promise's own `then`, whatever it calls by that name; anything else is
 * assimilated first, once, so that a lazy thenable is started once.
 */
export function chain(
  thenable: PromiseLike<unknown>,
  onReply: (reply: unknown) => unknown,
  onFailure: (reason: unknown) => unknown,
): Promise<unknown> {
  if (!(thenable instanceof Promise) || thenable.constructor !== Promise) {
    return Promise.resolve(thenable).then(onReply, onFailure);
  }
  // Called by its name where it is Promise's own: engines know that call, and not the one below.
  return thenable.then === then
    ? thenable.then(onReply, onFailure)
    : (then.call(thenable, onReply, onFailure) as Promise<unknown>);
}
