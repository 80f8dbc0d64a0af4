import type { FastifyPluginAsync } from 'fastify';
import { refuse } from '../../core/option-checks.ts';
import type { CutoverControls } from '../../cutover.ts';
import { coreFor } from './core-for.ts';
import {
  type FastifyCutoverConfig,
  type FastifyCutoverOptions,
  pluginIssues,
} from './fastify/fastify-options.ts';
import { RouteWrapper } from './fastify/route-wrapper.ts';
import { unwrappedRoutes } from './fastify/unwrapped-routes.ts';

export { cutoverRoute } from './fastify/cutover-route.ts';
export type {
  FastifyCutoverConfig,
  FastifyCutoverOptions,
  FastifyRouteOptions,
} from './fastify/fastify-options.ts';
export type { ServerRouteOptions } from './node/server-options.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Moves this route over: its own handler is legacy. */
    cutover?: FastifyCutoverConfig;
  }
  interface FastifyInstance {
    /** The controls of the cutover that `fastifyCutover` was registered with. */
    cutover: CutoverControls;
  }
}

/**
 * A plugin for Fastify 5 that puts a cutover in front of the handler of every route with a `config.cutover`, behind the
 * route's own hooks and validation. It is not encapsulated; register it, with `await`, before the routes. Decorates the app
 * with the controls as `app.cutover`. A cutover that it has made from shared options closes with the app.
 *
 * @throws InvalidOptionsError naming every issue at once: from `register` for the plugin's options, from the route's
 * declaration for its config, from `ready` for routes that were declared too early
 */
export const fastifyCutover: FastifyPluginAsync<FastifyCutoverOptions> = async (app, options) => {
  refuse('fastifyCutover()', pluginIssues(options));
  const { cutover } = options;
  const core = coreFor(cutover, options);
  app.decorate('cutover', { ...core.controls });
  const wrapper = new RouteWrapper(core);
  app.addHook('onRoute', (route) => wrapper.wrap(route));
  app.addHook('onReady', async () => {
    const early = unwrappedRoutes(app).map(
      (route) =>
        `route ${route} was declared before the plugin, or outside of it: await app.register(fastifyCutover, …) first`,
    );
    refuse('fastifyCutover()', early);
  });
  if (cutover === undefined) app.addHook('onClose', async () => void (await core.close()));
};

// What Fastify reads of a plugin: not to encapsulate it, and its name and versions.
Object.assign(fastifyCutover, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'engramia-cutover',
  [Symbol.for('plugin-meta')]: { name: 'engramia-cutover', fastify: '>=5 <6' },
});
