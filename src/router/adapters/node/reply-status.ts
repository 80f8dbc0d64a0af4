import type { ServerResponse } from 'node:http';
import { onReplyEnd } from './reply-end.ts';

/** Resolves with the status once the reply has been sent whole, with undefined if it was cut short; never rejects. */
export function replyStatus(res: ServerResponse): Promise<{ status: number } | undefined> {
  return new Promise((resolve) => {
    onReplyEnd(res, (whole) => resolve(whole ? { status: res.statusCode } : undefined));
  });
}
