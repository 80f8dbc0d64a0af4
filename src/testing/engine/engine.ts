import { randomUUID } from 'node:crypto';
import { authenticate, nobody, tokenOf } from './authenticate.ts';
import type { Call, Endpoint } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { startJob } from './jobs.ts';
import { maxBodyBytes, readJsonBody } from './json-body.ts';
import type { EngineRequest, EngineResponse } from './message.ts';
import { RateLimiter, type RateLimits } from './rate-limits.ts';
import { replies } from './replies.ts';
import { reaches } from './roles.ts';
import { Router } from './router.ts';
import type { State } from './state.ts';

const anonymousStatuses: ReadonlySet<number> = new Set([413, 429, 500]);
const healthPaths: ReadonlySet<string> = new Set(['/v1/health', '/v1/health/deep']);

/** The emulated service: a request in, a response out, state in between. */
export class Engine {
  readonly #state: State;
  readonly #limiter: RateLimiter;
  readonly #router = new Router(endpoints);

  constructor(state: State, limits: RateLimits | false | undefined) {
    this.#state = state;
    this.#limiter = new RateLimiter(limits);
  }

  /** Answers one request. */
  handle(request: EngineRequest): EngineResponse {
    const response = this.#answer(request);
    const date = new Date(this.#state.settings.clock.now()).toUTCString();
    const id = anonymousStatuses.has(response.status)
      ? {}
      : { 'x-request-id': request.headers.get('x-request-id') ?? randomUUID() };
    return { ...response, headers: { ...response.headers, ...id, date } };
  }

  // The order of these checks is the service's own, and clients depend on it.
  #answer(request: EngineRequest): EngineResponse {
    const now = this.#state.settings.clock.now();
    if (this.#limiter.refuses(now, request.address, request.path, tokenOf(request))) {
      return tooMany();
    }
    if (!request.chunked && request.body.length > maxBodyBytes) return tooLarge();
    if (this.#state.ailment === 'maintenance' && !healthPaths.has(request.path))
      return maintained();
    const routed = this.#router.route(request);
    if ('response' in routed) return routed.response;
    if (this.#state.ailment === 'error') return replies.crash();
    const body = routed.endpoint.readsBody ? readJsonBody(request) : { json: undefined };
    if ('response' in body) return body.response;
    return this.#call(request, routed.endpoint, routed.params, body.json);
  }

  #call(
    request: EngineRequest,
    endpoint: Endpoint,
    params: Readonly<Record<string, string>>,
    json: unknown,
  ): EngineResponse {
    const state = this.#state;
    const now = state.settings.clock.now();
    const who = endpoint.role === 'none' ? { key: nobody } : authenticate(request, state);
    if ('response' in who) return who.response;
    const { key } = who;
    if (endpoint.role !== 'none' && !reaches(key.role, endpoint.role)) {
      return forbidden(key.role, endpoint.permission);
    }
    const scope = state.scope(key.tenant, key.project);
    const call: Call = { request, state, key, scope, params, now };
    const asked = request.headers.get('prefer') === 'respond-async';
    return asked && endpoint.asJob !== undefined
      ? startJob(call, endpoint.asJob, () => endpoint.serve(call, json))
      : endpoint.serve(call, json);
  }
}

function forbidden(role: string, permission: string): EngineResponse {
  const detail = `Role '${role}' does not have permission '${permission}'.`;
  return replies.failure(403, 'FORBIDDEN', detail);
}

function tooMany(): EngineResponse {
  return replies.failure(429, 'RATE_LIMITED', 'Too many requests.', {
    context: { retry_after: 60 },
    headers: { 'retry-after': '60' },
  });
}

function tooLarge(): EngineResponse {
  return replies.failure(413, 'PAYLOAD_TOO_LARGE', 'The request body is too large.', {
    context: { max_bytes: maxBodyBytes },
  });
}

function maintained(): EngineResponse {
  return replies.failure(503, 'SERVICE_UNAVAILABLE', 'The service is being maintained.', {
    context: { retry_after: 3600 },
    headers: { 'retry-after': '3600' },
  });
}
