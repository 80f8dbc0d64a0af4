import type { CutoverEvents } from '../events/events.ts';

/** Who is told where a ramp stands and what its gates say. What a method throws is contained. */
export interface RampListener {
  /** Whether it would do anything with an event of this type: none is made for nobody. */
  wants(type: 'stage' | 'gate'): boolean;
  stage(event: CutoverEvents['stage']): void;
  gate(event: CutoverEvents['gate']): void;
}
