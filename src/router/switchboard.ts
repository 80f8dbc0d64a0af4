/** What an operator has thrown over all flags of this process. */
export type SwitchState =
  | { readonly kind: 'open' }
  | { readonly kind: 'killed'; readonly reason: string; readonly force: boolean };

/** The kill switch of a cutover: one field that every call reads, so that a kill holds from the next call on. */
export class Switchboard {
  state: SwitchState = { kind: 'open' };
  /** The same as `state.kind === 'killed'`, for the hot path. */
  killed = false;

  kill(reason: string, force: boolean): void {
    this.state = { kind: 'killed', reason, force };
    this.killed = true;
  }

  revive(): void {
    this.state = { kind: 'open' };
    this.killed = false;
  }
}
