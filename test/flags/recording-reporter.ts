import type { CutoverEventType, Operation, Reporter } from '../../src/core/events/events.ts';

/** A failure that was contained. */
export interface Contained {
  readonly operation: Operation;
  readonly error: unknown;
  readonly where: { readonly route?: string; readonly tenant?: string } | undefined;
}

/** A reporter that remembers what was contained. */
export class RecordingReporter implements Reporter {
  readonly failures: Contained[] = [];
  readonly listeners = {} as Readonly<Record<CutoverEventType, number>>;

  wants(): boolean {
    return false;
  }

  emit(): void {}

  contained(operation: Operation, error: unknown, where?: Contained['where']): void {
    this.failures.push({ operation, error, where });
  }

  /** The operations that failed, in order. */
  get operations(): Operation[] {
    return this.failures.map(({ operation }) => operation);
  }

  /** The messages of the errors that were contained, in order. */
  get messages(): string[] {
    return this.failures.map(({ error }) => (error instanceof Error ? error.message : `${error}`));
  }
}
