import type { FastifyRouteOptions } from './fastify-options.ts';

/**
 * Infers the input of a route's cutover from its `read`, for `config: { cutover: cutoverRoute({ … }) }`. Gives back the very
 * same object.
 */
export function cutoverRoute<Input>(route: FastifyRouteOptions<Input>): FastifyRouteOptions<Input> {
  return route;
}
