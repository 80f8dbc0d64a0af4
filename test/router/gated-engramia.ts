import { createEngramiaClient, oneScope } from 'engramia-cutover';

/** Engramia that answers when the test says so. */
export function gatedEngramia() {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const client = createEngramiaClient({
    baseUrl: 'https://engramia.test',
    apiKey: 'key',
    fetch: async () => {
      asked.resolve();
      await gate.promise;
      return Response.json({ stored: true, pattern_count: 1 });
    },
  });
  return { engramia: oneScope(client), open: gate.resolve, asked: asked.promise };
}
