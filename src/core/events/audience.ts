import { eventChannels } from './event-channels.ts';
import type { CutoverEventType } from './events.ts';

type Counts = Record<CutoverEventType, number>;

// Constants of their own, and a getter for each below: a getter that looks its channel up costs ten times as much, on
// every call.
const { decided, served, fallback, learned, compared, settled } = eventChannels;
const { dropped, delivery, stage, gate, rollback, gone, error } = eventChannels;

/** How many listen to each event: those of one cutover, and the subscribers of the channel as one more. */
export class Audience implements Readonly<Counts> {
  /** Those of the cutover alone. */
  readonly own: Counts = {
    decided: 0,
    served: 0,
    fallback: 0,
    learned: 0,
    compared: 0,
    settled: 0,
    dropped: 0,
    delivery: 0,
    stage: 0,
    gate: 0,
    rollback: 0,
    gone: 0,
    error: 0,
  };

  get decided(): number {
    return decided.hasSubscribers ? this.own.decided + 1 : this.own.decided;
  }

  get served(): number {
    return served.hasSubscribers ? this.own.served + 1 : this.own.served;
  }

  get fallback(): number {
    return fallback.hasSubscribers ? this.own.fallback + 1 : this.own.fallback;
  }

  get learned(): number {
    return learned.hasSubscribers ? this.own.learned + 1 : this.own.learned;
  }

  get compared(): number {
    return compared.hasSubscribers ? this.own.compared + 1 : this.own.compared;
  }

  get settled(): number {
    return settled.hasSubscribers ? this.own.settled + 1 : this.own.settled;
  }

  get dropped(): number {
    return dropped.hasSubscribers ? this.own.dropped + 1 : this.own.dropped;
  }

  get delivery(): number {
    return delivery.hasSubscribers ? this.own.delivery + 1 : this.own.delivery;
  }

  get stage(): number {
    return stage.hasSubscribers ? this.own.stage + 1 : this.own.stage;
  }

  get gate(): number {
    return gate.hasSubscribers ? this.own.gate + 1 : this.own.gate;
  }

  get rollback(): number {
    return rollback.hasSubscribers ? this.own.rollback + 1 : this.own.rollback;
  }

  get gone(): number {
    return gone.hasSubscribers ? this.own.gone + 1 : this.own.gone;
  }

  get error(): number {
    return error.hasSubscribers ? this.own.error + 1 : this.own.error;
  }
}
