import type { Divergence, HeldReply } from '../../core/contracts/comparer.ts';
import type { Mirror } from '../../core/contracts/exchange.ts';
import type { LegRecord, PairRecord, PairText } from '../../core/contracts/pair-record.ts';
import { givenText } from '../../core/text/given-text.ts';
import { flatCopy } from '../../core/text/text.ts';
import { type EndedLeg, inPlaces } from './ended-leg.ts';

/** Characters of a task that are kept; as many as the comparison keeps of a reply. */
const mostTaskChars = 16_000;

/** Characters before a cut that are not kept: what was cut through there is not known as a secret any more. */
const cutMargin = 256;

/** One compared exchange as it is kept: metrics and hashes. */
export function toPair(
  mirror: Mirror,
  served: EndedLeg,
  mirrored: EndedLeg,
  divergence: Divergence | undefined,
  at: number,
): PairRecord {
  const { kind, requestId, route, tenant, stage } = mirror;
  const [legacy, candidate] = inPlaces(mirror, served, mirrored);
  return {
    kind,
    requestId,
    at,
    route,
    tenant,
    stage,
    served: served.facts.leg,
    legacy: toLegRecord(legacy),
    candidate: toLegRecord(candidate),
    ...(divergence && { divergence }),
  };
}

function toLegRecord({ facts, held }: EndedLeg): LegRecord {
  const { status, error, ...metrics } = facts;
  const ended = held?.ended ?? (status === 'fulfilled' ? 'answered' : 'failed');
  // A copy holds what is enumerable: the error itself is not.
  return { ...metrics, ended, ...(error && { error: { ...error } }) };
}

/** The words of a pair, in memory of their own. Throws what `redact` throws, and when it gives no text. */
export function toPairText(
  mirror: Mirror,
  served: EndedLeg,
  mirrored: EndedLeg,
  redact: (text: string) => string,
): PairText {
  const kept = (text: string, isCut: boolean): string => {
    const redacted = givenText(redact(text), 'redactText');
    return flatCopy((isCut ? redacted.slice(0, -cutMargin) : redacted).toWellFormed());
  };
  const wordsOf = (held: HeldReply | undefined): string | undefined =>
    held?.text === undefined ? undefined : kept(held.text, held.isCut);
  const { task } = mirror.subject;
  const [legacy, candidate] = inPlaces(mirror, served, mirrored).map(({ held }) => wordsOf(held));
  return {
    task: kept(task.slice(0, mostTaskChars), task.length > mostTaskChars),
    ...(legacy !== undefined && { legacy }),
    ...(candidate !== undefined && { candidate }),
  };
}
