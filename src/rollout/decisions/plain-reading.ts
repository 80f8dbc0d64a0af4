import { sayable } from '../evidence/sayable.ts';
import type { Gate, GateReading } from '../gates/gate.ts';
import { refuseNoOutcome } from '../gates/gate-outcome.ts';

/** Code units of a sentence, and of a number's name; numbers of one reading. */
const most = { sentence: 1_000, name: 100, inputs: 100 };

/**
 * A reading as the trail can hold it: it goes into every entry that moves the ramp, and one that cannot be entered would stand
 * in the way of a rollback.
 *
 * @throws TypeError for what is no reading
 */
export function plainReading({ name, source }: Gate, reading: GateReading): GateReading {
  const { outcome, says, inputs, etaMs } = reading;
  refuseNoOutcome(name, outcome);
  const numbers = Object.entries(inputs ?? {}).filter(([, value]) => Number.isFinite(value));
  return {
    gate: name,
    source,
    outcome,
    says: sayable(says, most.sentence),
    inputs: Object.fromEntries(
      numbers.slice(0, most.inputs).map(([key, value]) => [sayable(key, most.name), value]),
    ),
    ...(Number.isFinite(etaMs) && { etaMs: etaMs as number }),
  };
}
