import { attempt } from '../../core/attempt.ts';
import { CutoverError } from '../../core/errors.ts';
import { Captured } from './captured-reply.ts';
import { eventReaders } from './event-readers.ts';
import { EventRecording } from './event-recording.ts';
import { toMediaType } from './media-type.ts';

/** Stands for a reply that is a failure although nothing was thrown: told as an error is, and nothing of what it says. */
export class FailedReply extends CutoverError {
  /** Of a reply over HTTP. */
  readonly status: number | undefined;

  constructor(reply: unknown) {
    super('ERR_CUTOVER_FAILED_REPLY', 'The reply says that it is a failure.');
    this.name = 'FailedReply';
    const status = attempt(() => (reply as { status?: unknown } | null | undefined)?.status);
    this.status = typeof status === 'number' ? status : undefined;
  }
}

/** Whether what was kept of a reply says that its leg has failed: by its status, or by an event of its stream. */
export function keptFailure(kept: Captured | EventRecording): boolean {
  return (kept instanceof Captured && kept.status >= 500) || endedInFailure(kept);
}

/** Whether a stream has told of its own failure, by an event of the kind that its format has for that. */
export function endedInFailure(kept: Captured | EventRecording): boolean {
  if (kept instanceof EventRecording) return kept.hasFailed;
  const read = eventReaders.get(toMediaType(kept.contentType)?.essence ?? '');
  // What was compressed is read by those who want its text alone.
  if (read === undefined || kept.truncated || kept.contentEncoding !== undefined) return false;
  const body = Buffer.concat(kept.chunks);
  return mayHaveFailed(body) && read(body.toString())?.hasFailed === true;
}

/** Words without which no event tells of a failure. */
const failures = ['error', 'abort', 'fail', 'cancelled', 'expired'];
/** What a stream has at its end that came to it. */
const end = /\[DONE\]|"finish_reason": ?"|"type": ?"(?:finish"|response\.(?:in)?complete)/;
const endBytes = 2_048;

/** Most streams have an end and no such word: while their readers wait for the end, nobody reads all of their events for that. */
const mayHaveFailed = (body: Buffer): boolean =>
  failures.some((word) => body.includes(word)) ||
  !end.test(body.subarray(-endBytes).toString('latin1'));
