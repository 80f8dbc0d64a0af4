import type { FastifyInstance } from 'fastify';
import { wrappedMark } from './wrapped-mark.ts';

interface StoredRoute {
  readonly store?: {
    readonly config?: {
      readonly cutover?: unknown;
      readonly url?: string;
      readonly method?: string | readonly string[];
      readonly [wrappedMark]?: true;
    };
  };
}

/**
 * The routes of an app that have a cutover config and were not wrapped, because they were added before the plugin or
 * outside of the context in which it was registered.
 */
export function unwrappedRoutes(app: FastifyInstance): string[] {
  const found = new Set<string>();
  const look = ({ store }: StoredRoute): object => {
    const { config } = store ?? {};
    if (config?.cutover !== undefined && config[wrappedMark] !== true) {
      found.add(`${[config.method].flat().join(',')} ${config.url}`);
    }
    return {};
  };
  // Fastify lists routes as text alone. Its router asks `buildPrettyMeta` of these options for what it prints of each, and
  // would put its own there.
  const options = {
    includeMeta: ['config'],
    get buildPrettyMeta() {
      return look;
    },
    set buildPrettyMeta(_own) {},
  };
  app.printRoutes(options);
  return [...found];
}
