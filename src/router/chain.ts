const { then } = Promise.prototype;

/**
 * Chains a thenable as `await` would: a plain promise by Promise's own `then`, whatever it calls by that name; anything
 * else is assimilated first, once, so that a lazy thenable is started once.
 */
export function chain(
  thenable: PromiseLike<unknown>,
  onReply: (reply: unknown) => unknown,
  onFailure: (reason: unknown) => unknown,
): Promise<unknown> {
  const promise =
    thenable instanceof Promise && thenable.constructor === Promise
      ? thenable
      : Promise.resolve(thenable);
  return then.call(promise, onReply, onFailure) as Promise<unknown>;
}
