const { then } = Promise.prototype;

/**
 * Whether a value is a promise that hides nothing: of Promise itself, and followed by Promise's own `then`. A proxy of a promise
 * looks like one, and is no promise to Promise's own methods.
 */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && value.constructor === Promise && value.then === then;
}

/**
 * Chains a thenable as `await` would: a promise by Promise's own `then`, whatever it calls by that name; anything else is
 * assimilated first, once, so that a lazy thenable is started once.
 */
export function chain(
  thenable: PromiseLike<unknown>,
  onReply: (reply: unknown) => unknown,
  onFailure: (reason: unknown) => unknown,
): Promise<unknown> {
  // Called by its name where it is Promise's own: engines know that call, and not the one below.
  return isPlainPromise(thenable)
    ? thenable.then(onReply, onFailure)
    : (then.call(Promise.resolve(thenable), onReply, onFailure) as Promise<unknown>);
}
