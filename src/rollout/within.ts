import { CutoverError } from '../core/errors.ts';

/** Milliseconds that an answer of the app may take: without it every decision would wait. */
const patienceMs = 10_000;

const tooLate = (ms: number) =>
  new CutoverError('ERR_CUTOVER_DEADLINE', `No answer within ${ms} ms.`);

/** What an answer of the app is, if it comes in time. @throws what it rejects with, and a CutoverError when it is late */
export async function within<T>(answer: T | PromiseLike<T>, ms = patienceMs): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(tooLate(ms)), ms).unref();
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
