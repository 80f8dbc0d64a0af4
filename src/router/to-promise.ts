/**
 * A thenable as a promise whose `then` is Promise's own. Assimilated at most once, so that a lazy thenable is started
 * once; an ordinary promise is taken as it is.
 */
export function toPromise(thenable: PromiseLike<unknown>): Promise<unknown> {
  return thenable instanceof Promise && thenable.constructor === Promise
    ? thenable
    : Promise.resolve(thenable);
}
