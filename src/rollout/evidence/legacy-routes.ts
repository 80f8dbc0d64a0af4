import type { CutoverEventOf } from '../../core/events/events.ts';

/** Which routes of one cutover have told that their legacy is gone. */
export class LegacyRoutes {
  readonly #gone = new Set<string>();
  /** Of those, the ones whose cutover asks legacy anew: they tell nothing of one that answers. */
  readonly #asked = new Set<string>();

  told(route: string, alive: boolean): void {
    this.#asked.delete(route);
    if (alive) this.#gone.delete(route);
    else this.#gone.add(route);
  }

  /** A kill was taken back: legacy is asked anew, and no word yet that it is back. */
  revived(): void {
    for (const route of this.#gone) this.#asked.add(route);
  }

  /** Whether a call shows that a legacy of which nothing is told is back. */
  isBackBy({ route, leg, status, cut }: CutoverEventOf<'served'>): boolean {
    if (this.#asked.size === 0 || !this.#asked.has(route)) return false;
    return leg === 'legacy' && status === 'fulfilled' && cut === undefined;
  }
}
