import type { RolloutState } from '../core/contracts/rollout-state.ts';
import { usableStateIn } from './usable-state.ts';

/** Characters from which on a text is worth being known again: shorter ones are parsed in less than a millisecond. */
export const longText = 65_536;

interface Read {
  readonly text: string;
  readonly state: RolloutState;
}

const written = (overrides: object): string => `"overrides":${JSON.stringify(overrides)}`;

/**
 * Makes states of their texts. Whoever leads reads the same one every few seconds, and 100,000 overrides take the event loop
 * a twentieth of a second, as much again to be compared: those of the last text are read once, and shared by all who ask, who
 * cannot change them.
 */
export class StateReader {
  #last: Read | undefined;

  /** A state as a store keeps it. What is long has its overrides in common with what was read before, where they are the same. */
  read(text: string): RolloutState {
    if (text.length < longText) return usableStateIn(text);
    if (this.#last?.text !== text) this.#last = { text, state: this.#parsed(text) };
    return { ...this.#last.state };
  }

  #parsed(text: string): RolloutState {
    const before = this.#last?.state.overrides;
    const same = before && written(before);
    // Within a text of JSON no quote stands as it does here: it can be nothing but the field.
    const at = same === undefined ? -1 : text.indexOf(same);
    if (before === undefined || same === undefined || at < 0) {
      const state = usableStateIn(text);
      Object.freeze(state.overrides);
      return state;
    }
    const rest = text.slice(0, at) + written({}) + text.slice(at + same.length);
    return usableStateIn(rest, before);
  }
}
