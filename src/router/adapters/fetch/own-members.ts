/**
 * Gives a request that was made again what the server's own has beyond the standard's, `nextUrl` and `cookies` of Next or an
 * `ip`: as it is there whenever it is asked for. Gives back the same request.
 */
export function withOwnMembers(request: Request, original: Request): Request {
  const standard: unknown = Request.prototype;
  let at: object | null = original;
  while (at !== null && at !== standard && at !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (!(name in request)) lend(request, original, name);
    }
    at = Object.getPrototypeOf(at);
  }
  return request;
}

function lend(request: Request, original: Request, name: string): void {
  Object.defineProperty(request, name, {
    configurable: true,
    get: () => {
      const value: unknown = Reflect.get(original, name);
      return typeof value === 'function' ? value.bind(original) : value;
    },
    set: (value) => Reflect.set(original, name, value),
  });
}
