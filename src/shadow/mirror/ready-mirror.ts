import type { Divergence } from '../../core/contracts/comparer.ts';
import type { LearnPolicy, Mirror } from '../../core/contracts/exchange.ts';
import { fixedBytes } from '../retained-bytes.ts';
import type { Prepared } from '../work.ts';
import type { EndedLeg } from './ended-leg.ts';
import { MirrorTask } from './mirror-task.ts';

/** A mirror that can start: it holds copies, and of the served reply no more than is compared. */
export class ReadyMirror {
  /** One that is kept: without any, what was compiled for them would be thrown away with the garbage. */
  static readonly layout = new ReadyMirror(
    {} as Mirror,
    MirrorTask.layout,
    () => undefined,
    undefined,
  );

  // Declared here and set in the constructor: class fields cost three times as much per object.
  declare readonly mirror: Mirror;
  declare readonly task: MirrorTask;
  declare readonly view: LearnPolicy['view'];
  /** Undefined: nobody wants to compare. */
  declare readonly served: EndedLeg | undefined;
  declare mirrored: EndedLeg | undefined;
  /** What differs as far as it is known, while layers that may take long are asked. */
  declare soFar: (() => Divergence) | undefined;
  /** Monotonic; kept of what is compared. */
  declare startedAt: number | undefined;
  /** Whether it was told what became of the exchange. */
  declare isPaired: boolean;
  /** Whether the leg has come to its end, and did not fail. */
  declare hasAnswered: boolean;
  /** Tokens that the budget was told of. */
  declare spent: number;

  constructor(
    mirror: Mirror,
    task: MirrorTask,
    view: LearnPolicy['view'],
    served: EndedLeg | undefined,
  ) {
    this.mirror = mirror;
    this.task = task;
    this.view = view;
    this.served = served;
    this.mirrored = undefined;
    this.soFar = undefined;
    this.startedAt = undefined;
    this.isPaired = false;
    this.hasAnswered = false;
    this.spent = 0;
  }
}

/** A mirror as the lane takes it: the call is let go of. */
export function preparedMirror(
  mirror: Mirror,
  task: MirrorTask,
  view: LearnPolicy['view'],
  served: EndedLeg | undefined,
): Prepared<ReadyMirror> {
  task.become(mirror);
  const bytes = fixedBytes + mirror.bytes + (served?.held?.bytes ?? 0);
  return { ready: new ReadyMirror(mirror, task, view, served), bytes };
}
