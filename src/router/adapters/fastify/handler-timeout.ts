import type { FastifyRequest } from 'fastify';

/** Whether a signal has aborted since a handler took too long: a request's own aborts as soon as Node has read the body, too. */
export function isTimedOut(signal: AbortSignal | undefined): boolean {
  return signal?.reason?.code === 'FST_ERR_HANDLER_TIMEOUT';
}

/** A signal that also aborts when Fastify answers since the handler took longer than the route's `handlerTimeout`. */
export function withHandlerTimeout(signal: AbortSignal, request: FastifyRequest): AbortSignal {
  if (!request.routeOptions?.handlerTimeout) return signal;
  const { signal: ended } = request;
  const controller = new AbortController();
  const look = (): void => {
    if (isTimedOut(ended)) controller.abort(ended.reason);
  };
  if (ended.aborted) look();
  else ended.addEventListener('abort', look, { once: true });
  return AbortSignal.any([signal, controller.signal]);
}
