import type { ServerResponse } from 'node:http';

/** Resolves with the status once the reply has been sent whole, with undefined if it was cut short; never rejects. */
export function replyStatus(res: ServerResponse): Promise<{ status: number } | undefined> {
  return new Promise((resolve) => {
    // The first of the two tells: `finish` before `close` means that all was handed to the system.
    res.once('finish', () => resolve({ status: res.statusCode }));
    res.once('close', () => resolve(undefined));
  });
}
