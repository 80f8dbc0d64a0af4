import { describe, expect, it } from 'vitest';
import type { Exchange, LearnPolicy } from '../../../src/core/contracts/exchange.ts';
import { RunIds } from '../../../src/shadow/learn/run-ids.ts';
import type { Owner } from '../../../src/shadow/work.ts';

type Redact = LearnPolicy['redact'];

const exchangeOf = (tenant: string) => ({ tenant }) as Exchange;
const ownerOf = (tenant: string): Owner => ({ tenant, note: undefined });
const acme = ownerOf('acme');

/** What a run id is made of: the app's own answer, or by default the tenant. */
const kinds = {
  'that the app gives': (ids: RunIds, name: string, redact: Redact) =>
    ids.of(exchangeOf('acme'), { runId: () => name, redact } as unknown as LearnPolicy, acme),
  'of a tenant': (ids: RunIds, name: string, redact: Redact, owners = new Map<string, Owner>()) => {
    const owner = owners.get(name) ?? ownerOf(name);
    owners.set(name, owner);
    return ids.of(exchangeOf(name), { runId: undefined, redact } as LearnPolicy, owner);
  },
};

describe.each(Object.entries(kinds))('a run id %s', (kind, idOf) => {
  const before = kind === 'of a tenant' ? 'shadow:' : '';

  /** Run ids of policies that redact, and what of them was redacted, in order. */
  function setUp() {
    const ids = new RunIds();
    const owners = new Map<string, Owner>();
    const made: string[] = [];
    const redact: Redact = (text) => {
      made.push(text.slice(before.length));
      return `safe ${text}`;
    };
    return { made, safe: (name: string, by = redact) => idOf(ids, name, by, owners) };
  }

  it('is made safe once', () => {
    const { made, safe } = setUp();
    const [a, b] = [`safe ${before}a`, `safe ${before}b`];
    expect([safe('a'), safe('b'), safe('a')]).toEqual([a, b, a]);
    expect(made).toEqual(['a', 'b']);
  });

  it('is made safe again when it is redacted otherwise', () => {
    const { made, safe } = setUp();
    const other: Redact = (text) => text.toUpperCase();
    safe('a');
    expect(safe('a', other)).toBe(`${before}a`.toUpperCase());
    safe('a', other);
    safe('a');
    expect(made).toEqual(['a', 'a']);
  });

  it('is cut to two hundred characters', () => {
    const { safe } = setUp();
    expect(safe('x'.repeat(300))).toHaveLength(200);
  });
});

describe('run ids of the app’s own', () => {
  const redactions = () => {
    const ids = new RunIds();
    const made: string[] = [];
    const redact: Redact = (text) => {
      made.push(text);
      return text;
    };
    return { made, safe: (name: string) => kinds['that the app gives'](ids, name, redact) };
  };

  it('are remembered by up to 256 characters', () => {
    const { made, safe } = redactions();
    const [short, long] = ['x'.repeat(256), 'x'.repeat(257)];
    for (const name of [short, long, short, long]) expect(safe(name)).toHaveLength(200);
    expect(made).toEqual([short, long, long]);
  });

  it('are forgotten when there are 4,096', () => {
    const { made, safe } = redactions();
    for (let index = 0; index < 4_096; index += 1) safe(`run ${index}`);
    made.length = 0;
    safe('one more');
    safe('run 4095');
    safe('one more');
    expect(made).toEqual(['one more', 'run 4095']);
  });

  it('are not taken for a tenant’s where they read like one', () => {
    const ids = new RunIds();
    const redact: Redact = (text) => text;
    expect(kinds['of a tenant'](ids, 'acme', redact)).toBe('shadow:acme');
    expect(kinds['that the app gives'](ids, 'acme', redact)).toBe('acme');
  });
});
