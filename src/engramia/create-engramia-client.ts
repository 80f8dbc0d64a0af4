import { loadCaller } from './calls/lazy-caller.ts';
import type { EngramiaClient } from './client.ts';
import { type EngramiaClientOptions, toClientSettings } from './client-options.ts';
import { createFamily } from './family.ts';
import { RestClient } from './rest-client.ts';

/**
 * Makes a client of the Engramia service. Opens nothing and sends nothing.
 *
 * @example
 * const client = createEngramiaClient({ baseUrl: 'https://engramia.example.com', apiKey });
 * await client.learn({ task: 'Parse a CSV file', code: 'Use a streaming parser.', evalScore: 7 });
 * @throws InvalidOptionsError naming every issue
 */
export function createEngramiaClient(options: EngramiaClientOptions = {}): EngramiaClient {
  const { settings, apiKey } = toClientSettings(options);
  loadCaller().catch(() => {}); // ready before the first user comes; a call that needs it tells what is wrong
  return new RestClient({ family: createFamily(settings), key: apiKey });
}
