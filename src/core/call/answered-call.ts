import type { CallContext } from './call-context.ts';

/** What a mirrored run's context tells, beside what apps see, of the call that was answered before it. */
export interface AnsweredCall {
  readonly tenant: string;
  readonly route: string;
  readonly requestId: string;
  /** About when the user had the answer: milliseconds since the epoch. */
  readonly answeredAt: number;
}

/** The call that a mirrored run repeats; undefined: the run is served, or its context is not the router's. */
export function answeredCallOf(context: CallContext): AnsweredCall | undefined {
  const { mirrored, answeredAt } = context as CallContext & Partial<AnsweredCall>;
  return mirrored && answeredAt !== undefined ? (context as CallContext & AnsweredCall) : undefined;
}
