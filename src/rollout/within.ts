/** Milliseconds that an answer of the app may take: without it every decision would wait. */
const patienceMs = 10_000;

/** What an answer of the app is, if it comes in time. @throws what it rejects with, and an Error when it is late */
export async function within<T>(answer: T | PromiseLike<T>, ms = patienceMs): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms.`)), ms).unref();
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
