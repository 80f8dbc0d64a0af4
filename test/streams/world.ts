import {
  type CutoverEventOf,
  type CutoverHandler,
  type CutoverOptions,
  createCutoverHandler,
  createEngramiaClient,
  oneScope,
  type RouteOptions,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeEngramia } from 'engramia-cutover/testing';

export const stages = ['off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'] as const;

export const servesLegacy = (stage: Stage): boolean =>
  stage === 'off' || stage === 'dualwrite' || stage === 'shadow';

/** A message that is long enough to be learned. */
export const message = 'Explain streams to me, please';

type Route = RouteOptions<[message: string], unknown>;

export interface StreamWorld {
  readonly handler: CutoverHandler<[message: string], unknown>;
  /** Texts that were learned, once the shadow is through. */
  learned(): Promise<string[]>;
  readonly served: CutoverEventOf<'served'>[];
  readonly compared: CutoverEventOf<'compared'>[];
}

/** A route whose both legs reply by `make`, with a service that learns. */
export async function streamWorld(
  stage: Stage,
  make: (leg: 'legacy' | 'candidate') => unknown,
  over: Partial<Route & CutoverOptions> = {},
): Promise<StreamWorld> {
  const fake = await fakeEngramia({
    keys: { key: { tenant: 'a', project: 'p', role: 'editor' } },
  });
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (_message: string) => make('legacy'),
    candidate: shadowSafe(async () => make('candidate')),
    identify: (task: string) => ({ tenant: 'acme', task }),
    flags: memoryFlags(stage),
    engramia: oneScope(
      createEngramiaClient({
        baseUrl: 'https://engramia.test',
        apiKey: 'key',
        fetch: fake.fetch,
      }),
    ),
    logger: { warn: () => undefined },
    ...over,
  } as Route & CutoverOptions);
  const served: CutoverEventOf<'served'>[] = [];
  const compared: CutoverEventOf<'compared'>[] = [];
  handler.on('compared', (event) => compared.push(event));
  return {
    handler,
    served,
    compared,
    async learned() {
      await handler.flush();
      return fake.patterns('a').map(({ code = '' }) => code);
    },
  };
}
