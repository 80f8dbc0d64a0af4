/** How whoever waits for a task is told of its end. */
export interface EndTeller {
  readonly tell: () => void;
  /** Whether telling needs the exchange itself, which then stays in memory with its reply. */
  readonly keepsExchange: boolean;
}

/** An exchange's `taskEnded`. One that is its own is called without the exchange; one of its class cannot be. */
export function toEndTeller(exchange: { taskEnded(): void }): EndTeller {
  return Object.hasOwn(exchange, 'taskEnded')
    ? // No closure here: it would share its scope, and so the exchange, with the one below.
      { tell: exchange.taskEnded, keepsExchange: false }
    : boundTo(exchange);
}

function boundTo(exchange: { taskEnded(): void }): EndTeller {
  return { tell: () => exchange.taskEnded(), keepsExchange: true };
}
