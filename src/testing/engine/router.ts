import type { Endpoint } from './endpoint.ts';
import type { EngineRequest, EngineResponse } from './message.ts';
import { replies } from './replies.ts';

/** What the router found: an endpoint, or the answer of the router itself. */
export type Routed =
  | { readonly endpoint: Endpoint; readonly params: Readonly<Record<string, string>> }
  | { readonly response: EngineResponse };

type Matcher = (path: string) => Record<string, string> | undefined;

function toMatcher(template: string): Matcher {
  const names: string[] = [];
  const source = template.replace(/\{(\w+)(\+?)\}/gu, (_, name: string, rest: string) => {
    names.push(name);
    return rest === '' ? '([^/]+)' : '(.+)';
  });
  const pattern = new RegExp(`^${source}$`, 'u');
  return (path) => {
    const match = pattern.exec(path);
    return match === null
      ? undefined
      : Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? '']));
  };
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Finds endpoints by method and path. */
export class Router {
  readonly #routes: readonly { readonly endpoint: Endpoint; readonly match: Matcher }[];

  constructor(endpoints: readonly Endpoint[]) {
    this.#routes = endpoints.map((endpoint) => ({ endpoint, match: toMatcher(endpoint.path) }));
  }

  route(request: EngineRequest): Routed {
    const path = decode(request.path);
    const found = path === undefined ? [] : this.#matching(path);
    const hit = found.find((one) => one.endpoint.method === request.method);
    if (hit !== undefined) return hit;
    if (found.length > 0) {
      const allow = [...new Set(found.map((one) => one.endpoint.method))].join(', ');
      return { response: replies.bare(405, 'Method Not Allowed', { allow }) };
    }
    return { response: this.#redirect(request, path) ?? replies.bare(404, 'Not Found') };
  }

  #matching(path: string) {
    return this.#routes.flatMap(({ endpoint, match }) => {
      const params = match(path);
      return params === undefined ? [] : [{ endpoint, params }];
    });
  }

  #redirect(request: EngineRequest, path: string | undefined): EngineResponse | undefined {
    if (!path?.endsWith('/') || this.#matching(path.slice(0, -1)).length === 0) return undefined;
    const query = request.query.size === 0 ? '' : `?${request.query}`;
    const location = `${request.origin}${request.path.slice(0, -1)}${query}`;
    return { status: 307, headers: { location }, body: '' };
  }
}
