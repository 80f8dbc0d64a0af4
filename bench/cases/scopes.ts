import { createEngramiaClient, oneScope, type ScopeSource } from 'engramia-cutover';

const stored = JSON.stringify({ stored: true, pattern_count: 1 });

/** The library's own client, whose requests are answered in this process, at once. */
export function instantClient(): ScopeSource {
  const client = createEngramiaClient({
    baseUrl: 'http://127.0.0.1:9',
    apiKey: 'bench-key-of-no-service',
    pacing: false,
    fetch: async () => new Response(stored, { headers: { 'content-type': 'application/json' } }),
  });
  return oneScope(client);
}

/** A scope that has stored a lesson as soon as it gets it: what is left is the cost of the way there. */
export function instantScope(): ScopeSource {
  const outcome = { kind: 'stored', patternCount: 1 } as const;
  const target = {
    scope: 'bench',
    address: 'http://127.0.0.1:9',
    readyInMs: () => 0,
    learn: async () => outcome,
    import: async (lessons: readonly unknown[]) =>
      ({ kind: 'imported', imported: lessons.length }) as const,
    wasStored: async () => false,
  };
  return { targetOf: () => target, clientOf: () => undefined };
}
