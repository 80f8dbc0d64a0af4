import type { LearnPolicy, ServedExchange } from '../../src/core/contracts/exchange.ts';

type Given = Partial<Omit<ServedExchange, 'learning'>> & {
  task?: string;
  learning?: Partial<LearnPolicy>;
};

/** A served call, as a router would hand it over. */
export function servedExchange(given: Given = {}): ServedExchange & { ended: number } {
  const { task = 'Where is my parcel?', learning, tenant = 'acme', ...rest } = given;
  const exchange = {
    ended: 0,
    route: 'chat',
    requestId: 'request-1',
    tenant,
    subject: { tenant, task },
    stage: 'dualwrite' as const,
    leg: 'legacy' as const,
    args: [],
    reply: 'It arrives tomorrow.',
    facts: undefined,
    learning: {
      via: 'learn' as const,
      evalScore: { legacy: 5, candidate: 7 },
      maxTaskChars: 2000,
      maxCodeChars: 8000,
      minTaskChars: 8,
      filter: undefined,
      redact: (text: string) => text,
      runId: ({ tenant: of }: { tenant: string }) => `shadow:${of}`,
      view: (reply: unknown) => ({ text: String(reply) }),
      whyUnread: () => 'No text was found in the reply.',
      ...learning,
    },
    waiter: {
      taskEnded: () => {
        exchange.ended++;
      },
    },
    ...rest,
  };
  return exchange;
}
