import { EngramiaCallError } from 'engramia-cutover';

/** The error that a call rejects with; a call that succeeds fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<EngramiaCallError> {
  const result = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in result) throw new Error(`It succeeded with ${JSON.stringify(result.value)}.`);
  if (!(result.error instanceof EngramiaCallError)) throw result.error;
  return result.error;
}
