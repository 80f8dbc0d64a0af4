import type { Gate } from './gate.ts';
import { type PairGateOptions, pairGate } from './gate-options.ts';
import { type PairedQuestion, PairedRun } from './paired-run.ts';

/** What distinguishes the gates that ask pairs one question. */
export interface PairedKind extends Pick<PairedQuestion, 'subject' | 'view' | 'margin' | 'harm'> {
  readonly kind: string;
  readonly role: Gate['role'];
  readonly overNoise: boolean;
}

/** A gate by a paired sequential test. */
export function pairedGate(kind: PairedKind, options: PairGateOptions): Gate {
  const head = pairGate(kind.kind, kind.role, options);
  const { subject, view, margin, harm, overNoise } = kind;
  const question = { ...head, subject, view, margin, harm, overNoise };
  return {
    ...head,
    spends: true,
    policy: { kind: kind.kind, margin, harm, overNoise, asksAt: head.asksAt },
    begin: (setting) => new PairedRun(question, setting),
  };
}
