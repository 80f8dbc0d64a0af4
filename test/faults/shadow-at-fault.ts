import { type CutoverOptions, createEngramiaClient, oneScope } from 'engramia-cutover';
import { type MemoryFlags, memoryFlags } from 'engramia-cutover/flags';

/** The options of a cutover whose exchanges are learned at an address, with short times and little room. */
export function shadowAt(
  baseUrl: string,
  timeoutMs = 150,
): CutoverOptions & { readonly flags: MemoryFlags } {
  const client = createEngramiaClient({
    baseUrl,
    apiKey: 'key',
    timeoutMs,
    maxResponseBytes: 262_144,
    pacing: false,
  });
  return {
    flags: memoryFlags('off'),
    engramia: oneScope(client),
    shadow: { learn: { maxCount: 20 }, mirror: { maxCount: 20 } },
    logger: { warn: () => undefined },
  };
}
