const slotMs = 5_000;

/** Slots that any 60 seconds touch. */
const slots = 60_000 / slotMs + 1;

/** Runs of the last minute, by slots: what is counted is never less than what any 60 seconds up to now hold. */
export class BudgetWindow {
  readonly #runs = new Array<number>(slots).fill(0);
  #sum = 0;
  #latest = 0;

  /** Runs up to now, in monotonic milliseconds. */
  count(nowMs: number): number {
    const slot = Math.floor(nowMs / slotMs);
    const passed = Math.min(slot - this.#latest, slots);
    for (let back = 0; back < passed; back += 1) {
      const place = (slot - back) % slots;
      this.#sum -= this.#runs[place] as number;
      this.#runs[place] = 0;
    }
    this.#latest = Math.max(slot, this.#latest);
    return this.#sum;
  }

  add(nowMs: number): void {
    this.count(nowMs);
    const place = this.#latest % slots;
    this.#runs[place] = (this.#runs[place] as number) + 1;
    this.#sum += 1;
  }
}
