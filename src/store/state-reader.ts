import type { RolloutState } from '../core/rollout-state.ts';

/** Characters from which on a text is worth being known again: shorter ones are parsed in less than a millisecond. */
const longText = 65_536;

interface Read {
  readonly text: string;
  readonly state: RolloutState;
}

/**
 * Makes states of their texts. Whoever leads reads the same one every few seconds, and 100,000 overrides take the event loop
 * a twentieth of a second: those of the last text are read once, and shared by all who ask, who cannot change them.
 */
export class StateReader {
  #last: Read | undefined;

  /** A state as a store keeps it. What is long has its overrides in common with what was read of the same text before. */
  read(text: string): RolloutState {
    if (text.length < longText) return JSON.parse(text);
    if (this.#last?.text !== text) this.#last = { text, state: parsed(text) };
    return { ...this.#last.state };
  }
}

function parsed(text: string): RolloutState {
  const state: RolloutState = JSON.parse(text);
  Object.freeze(state.overrides);
  return state;
}
