import type { StreamHead } from './stream-recording.ts';

/** What of a `Response` is needed to read its body later. */
export const headOf = ({ status, headers }: Response): StreamHead => ({
  status,
  contentType: headers.get('content-type') ?? undefined,
  contentEncoding: headers.get('content-encoding') ?? undefined,
});
