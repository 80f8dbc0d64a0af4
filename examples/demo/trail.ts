import {
  type AuditEntry,
  exportJsonl,
  type TrailReport,
  verifyTrail,
} from 'engramia-cutover/audit';
import type { Ramp } from './ramp.ts';

/** The audit trail of the ramp, as somebody reads it who was not there. */
export interface Trail {
  readonly entries: readonly AuditEntry[];
  /** What verification says of it. */
  readonly report: TrailReport;
  /** What it says after a percentage in the middle of it was changed, and after its end was cut off. */
  readonly edited: TrailReport;
  readonly cut: TrailReport;
}

/** Reads and verifies the trail from what was exported, with the checkpoints that were sent outside. */
export async function readTrail(ramp: Ramp): Promise<Trail> {
  const { rollout, checkpoints, publicKey } = ramp;
  await rollout.flush();
  const entries: AuditEntry[] = [];
  for await (const item of rollout.trail()) if (item.of === 'rollout') entries.push(item.entry);
  const lines: string[] = [];
  for await (const piece of exportJsonl(entries)) lines.push(piece);
  const text = lines.join('');
  const verify = (trail: string): Promise<TrailReport> =>
    verifyTrail([Buffer.from(trail)], { checkpoints, publicKeys: [publicKey] });
  const whole = text.trimEnd().split('\n');
  return {
    entries,
    report: await verify(text),
    edited: await verify(text.replace('"percent":25', '"percent":24')),
    cut: await verify(`${whole.slice(0, -1).join('\n')}\n`),
  };
}
