import type { Exchange } from '../../core/contracts/exchange.ts';
import type { LearnVia, Lesson } from '../../core/contracts/learner.ts';
import type { Operation } from '../../core/events/events.ts';
import { lessonKey } from '../../core/pattern-key.ts';
import {
  type BundleResult,
  type BundleRule,
  Company,
  type RunHandle,
  type RunResult,
} from '../work.ts';
import { deliverBatch } from './batch-delivery.ts';
import { importBundles, loadOfLesson } from './bundle-load.ts';
import { deliver } from './delivery.ts';
import type { DeliveryContext } from './delivery-context.ts';
import type { LearnTask } from './learn-task.ts';

/** One way to deliver lessons. */
export interface DeliveryKind {
  /** What a failure is told as. */
  readonly operation: Operation;
  /** How lessons are gathered; undefined: each goes alone. */
  readonly bundles: BundleRule | undefined;
  /** Whether a lesson is sent with the time at which it was made. */
  readonly isDated: boolean;
  /** What a lesson adds to a bundle. */
  readonly loadOf: (lesson: Lesson) => number;
  /** The key under which a lesson is stored in a scope; undefined: the service chooses one. */
  readonly keyOf: (scope: string, exchange: Exchange, lesson: Lesson) => string | undefined;
  /** Sends a lesson that goes alone, once, and tells what is to become of it. Never rejects. */
  readonly deliver: (
    task: LearnTask,
    handle: RunHandle,
    context: DeliveryContext,
  ) => Promise<RunResult>;
  /** Sends lessons of one scope in one go, and tells what is to become of each, in their order. Never rejects. */
  readonly deliverTogether: (
    tasks: readonly LearnTask[],
    handle: RunHandle,
    context: DeliveryContext,
  ) => Promise<readonly BundleResult[]>;
}

/** The ways, a row each. */
export const deliveryKinds: Readonly<Record<LearnVia, DeliveryKind>> = {
  learn: {
    operation: 'engramia.learn',
    bundles: undefined,
    isDated: false,
    loadOf: () => 0,
    keyOf: () => undefined,
    deliver,
    deliverTogether: (tasks, handle, context) =>
      Promise.all(tasks.map((task) => deliver(task, handle, context))),
  },
  import: {
    operation: 'engramia.import',
    bundles: importBundles,
    isDated: true,
    loadOf: loadOfLesson,
    keyOf: lessonKey,
    async deliver(task, handle, context) {
      const [result] = await deliverBatch([task], handle, context);
      return result === undefined || result instanceof Company ? 'again' : result;
    },
    deliverTogether: deliverBatch,
  },
};
