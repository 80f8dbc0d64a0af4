import { describe, expect, it } from 'vitest';
import { atOnce } from '../../../src/core/call/at-once.ts';
import { ownArguments } from '../../../src/router/offer/own-arguments.ts';
import { unhandledIn } from '../live-world.ts';

const contained = (message: string) =>
  expect.objectContaining({ code: 'ERR_CUTOVER_CONTAINED', message });
const needed = 'The callback snapshot answered with a promise; its answer is needed at once.';
const noList = 'The callback snapshot gave no list of arguments.';

describe('what a snapshot of the app’s own gave', () => {
  it('is the copy', () => {
    const copies = [{ message: 'hi' }];
    expect(atOnce(copies, 'snapshot')).toBe(copies);
    expect(ownArguments(copies)).toBe(copies);
  });

  it('is refused as a promise, whose rejection nobody has to handle', async () => {
    const unhandled = await unhandledIn(async () => {
      for (const own of [(given: unknown) => atOnce(given, 'snapshot'), ownArguments]) {
        expect(() => own(Promise.reject(new Error('no copy')))).toThrow(contained(needed));
      }
    });
    expect(unhandled).toEqual([]);
  });

  it.each([undefined, null, 'hi', { length: 1 }])('is refused as no list: %o', (given) => {
    expect(() => ownArguments(given)).toThrow(contained(noList));
  });
});
