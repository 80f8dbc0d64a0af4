// Hono's server puts its own Request and Response in the place of the global ones. A file of tests begins with Node's, also
// where files share a process.
const kept = Symbol.for('engramia-cutover.test.own-globals');

const shared = globalThis as { [kept]?: Pick<typeof globalThis, 'Request' | 'Response'> };
shared[kept] ??= { Request, Response };
for (const [name, value] of Object.entries(shared[kept])) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
