import type { FakeEngramia } from 'engramia-cutover/testing';
import { address } from './questions.ts';
import { tenants } from './tenants.ts';

/** What the emulator saw, held against who was allowed to send it. */
export interface Evidence {
  /** Texts that arrived at the service or lie in its memories. */
  readonly texts: number;
  /** Texts that name another tenant than the one whose key brought them, or none at all. */
  readonly strays: number;
  /** Texts with the planted e-mail address. */
  readonly addresses: number;
  /** Patterns in each tenant's memory. */
  readonly patterns: ReadonlyMap<string, number>;
}

const names = new Set(tenants.map(({ name }) => name));

/** The tenants that a text names. */
function namedIn(text: string): Set<string> {
  return new Set((text.toLowerCase().match(/[a-z]+/g) ?? []).filter((word) => names.has(word)));
}

function isOf(tenant: string | undefined, text: string): boolean {
  const named = namedIn(text);
  return named.size === 1 && tenant !== undefined && named.has(tenant);
}

/** One text, and the tenant of the key by which it came. */
interface Arrival {
  readonly tenant: string | undefined;
  readonly text: string;
}

function arrivalsAt(emulator: FakeEngramia): Arrival[] {
  const sent = emulator.requests
    .filter(({ method, path }) => method === 'POST' && path === '/v1/learn')
    .flatMap(({ tenant, body }) => {
      const { task, code, run_id } = body as Record<'task' | 'code' | 'run_id', string>;
      return [task, code, run_id].map((text) => ({ tenant, text: String(text) }));
    });
  const kept = tenants.flatMap(({ name }) =>
    emulator.patterns(name).map(({ task, code }) => ({ tenant: name, text: `${task} ${code}` })),
  );
  return [...sent, ...kept];
}

/** Looks at everything that the emulator was sent and has kept. */
export function gatherEvidence(emulator: FakeEngramia): Evidence {
  const arrivals = arrivalsAt(emulator);
  return {
    texts: arrivals.length,
    strays: arrivals.filter(({ tenant, text }) => !isOf(tenant, text)).length,
    addresses: arrivals.filter(({ text }) => text.includes(address)).length,
    patterns: new Map(tenants.map(({ name }) => [name, emulator.patterns(name).length])),
  };
}
