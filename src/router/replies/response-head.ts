import { declaredType } from './invented-type.ts';
import type { StreamHead } from './stream-recording.ts';

/** What of a `Response` is needed to read its body later. */
export function headOf(response: Response): StreamHead {
  // Before the headers: Hono's server writes a type of its own into those of a response whose body nobody has asked for, and
  // its `compress` would then hold the chunks of a stream back.
  Reflect.get(response, 'body');
  const { status, headers } = response;
  return {
    status,
    contentType: declaredType(response, headers.get('content-type') ?? undefined),
    contentEncoding: headers.get('content-encoding') ?? undefined,
  };
}
