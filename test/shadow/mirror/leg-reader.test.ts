import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/core/call/observation.ts';
import type { ReplyView } from '../../../src/core/call/subject.ts';
import type { Mirror } from '../../../src/core/contracts/exchange.ts';
import { LegReader } from '../../../src/shadow/mirror/leg-reader.ts';
import { recorder } from '../recorder.ts';

const reader = new LegReader(recorder());

/** What is compared of a leg that returned a value, and how often the app's own view was asked. */
async function heldOf(kind: Mirror['kind'], leg: Observation['leg'], value: unknown) {
  let asked = 0;
  const seen: (ReplyView | undefined)[] = [];
  const mirror = {
    ...{ kind, leg: 'candidate', route: 'chat', tenant: 'acme', failureOf: () => undefined },
    comparer: { hold: (_observation: unknown, view: ReplyView | undefined) => seen.push(view) },
  } as unknown as Mirror;
  const view = (): undefined => {
    asked += 1;
  };
  await reader.endOf({ leg, status: 'fulfilled', value, durationMs: 1 }, view, mirror, undefined);
  return { seen, asked };
}

describe('a leg that returns nothing', () => {
  it.each([undefined, null])('has said nothing where it was mirrored: %s', async (value) => {
    expect(await heldOf('compare', 'candidate', value)).toEqual({ seen: [{ text: '' }], asked: 0 });
  });

  it('is for the view to read where it was served, as it may have answered another way', async () => {
    expect(await heldOf('compare', 'legacy', undefined)).toEqual({ seen: [undefined], asked: 1 });
  });

  it('is for the view to read where legacy is held against itself', async () => {
    expect(await heldOf('noise', 'candidate', undefined)).toEqual({ seen: [undefined], asked: 1 });
  });

  it.each([0, '', false])('is another than one that returns %j', async (value) => {
    expect((await heldOf('compare', 'candidate', value)).asked).toBe(1);
  });
});
