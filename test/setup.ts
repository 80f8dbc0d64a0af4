import { loadCaller } from '../src/engramia/calls/lazy-caller.ts';

// What a client's calls are made with is loaded in real time, for which a clock that is set by hand does not wait. How it is
// loaded is tested in processes of its own, and by all programs that tests start.
await loadCaller();

// Hono's server puts its own Request and Response in the place of the global ones. A file of tests begins with Node's, also
// where files share a process.
const kept = Symbol.for('engramia-cutover.test.own-globals');

// As properties: reading them would load what Node keeps until it is asked for.
const shared = globalThis as { [kept]?: [name: string, own: PropertyDescriptor | undefined][] };
shared[kept] ??= ['Request', 'Response'].map((name) => [
  name,
  Object.getOwnPropertyDescriptor(globalThis, name),
]);
for (const [name, own] of shared[kept]) if (own) Object.defineProperty(globalThis, name, own);
