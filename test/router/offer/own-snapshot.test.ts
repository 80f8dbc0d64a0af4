import { describe, expect, it } from 'vitest';
import { ownArguments, ownSnapshot } from '../../../src/router/offer/own-snapshot.ts';
import { unhandledIn } from '../live-world.ts';

const contained = (message: string) =>
  expect.objectContaining({ code: 'ERR_CUTOVER_CONTAINED', message });
const needed = 'The callback snapshot answered with a promise; its copy is needed at once.';
const noList = 'The callback snapshot gave no list of arguments.';

describe('what a snapshot of the app’s own gave', () => {
  it('is the copy', () => {
    const copies = [{ message: 'hi' }];
    expect(ownSnapshot(copies)).toBe(copies);
    expect(ownArguments(copies)).toBe(copies);
  });

  it('is refused as a promise, whose rejection nobody has to handle', async () => {
    const unhandled = await unhandledIn(async () => {
      for (const own of [ownSnapshot, ownArguments]) {
        expect(() => own(Promise.reject(new Error('no copy')))).toThrow(contained(needed));
      }
    });
    expect(unhandled).toEqual([]);
  });

  it.each([undefined, null, 'hi', { length: 1 }])('is refused as no list: %o', (given) => {
    expect(() => ownArguments(given)).toThrow(contained(noList));
  });
});
