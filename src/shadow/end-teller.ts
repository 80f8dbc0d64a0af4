/** How whoever waits for a task is told of its end. */
export interface EndTeller {
  readonly tell: () => void;
  /** Whether telling needs the exchange itself, which then stays in memory with its reply. */
  readonly keepsExchange: boolean;
}

/** An exchange's `taskEnded`. One that is its own needs no exchange to be called on; one of its class does. */
export function toEndTeller(exchange: { taskEnded(): void }): EndTeller {
  if (!Object.hasOwn(exchange, 'taskEnded')) {
    return { tell: () => exchange.taskEnded(), keepsExchange: true };
  }
  const { taskEnded } = exchange;
  return { tell: () => taskEnded(), keepsExchange: false };
}
