/** Pairs that wait for their partner: a request is run in both ways within moments, or never. */
const mostWaiting = 1_000;

/** Brings together what one and the same request said when both legs ran and when legacy ran twice. Bounded. */
export class NoiseJoin {
  readonly #waiting = new Map<
    string,
    { readonly kind: 'compare' | 'noise'; readonly isOff: boolean }
  >();

  /** Whether the candidate was off, and whether legacy was off against itself; undefined: the partner is not there yet. */
  add(
    request: string,
    kind: 'compare' | 'noise',
    isOff: boolean,
  ): { readonly compare: boolean; readonly noise: boolean } | undefined {
    const partner = this.#waiting.get(request);
    if (partner === undefined || partner.kind === kind) {
      this.#wait(request, kind, isOff);
      return undefined;
    }
    this.#waiting.delete(request);
    return kind === 'compare'
      ? { compare: isOff, noise: partner.isOff }
      : { compare: partner.isOff, noise: isOff };
  }

  #wait(request: string, kind: 'compare' | 'noise', isOff: boolean): void {
    this.#waiting.set(request, { kind, isOff });
    if (this.#waiting.size <= mostWaiting) return;
    for (const oldest of this.#waiting.keys()) {
      this.#waiting.delete(oldest);
      return;
    }
  }
}
