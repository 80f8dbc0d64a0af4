import type { Clock } from '../../core/time/clock.ts';
import type { LearnTask } from './learn-task.ts';

/** What sending needs besides what is sent. */
export interface DeliveryContext {
  readonly clock: Clock;
  /** Tells what went wrong with a task's latest attempt. Never throws. */
  tellFailure(task: LearnTask): void;
}
