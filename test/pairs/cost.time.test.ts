import { expect, it } from 'vitest';
import { pairLogRatio } from '../../bench/pairs.ts';

it('a pair log takes no more than four times the processor of JSON.stringify, up to the file', async () => {
  // The target is 2.5, which a machine that is busy with other things does not always keep.
  const { ratio, micros } = await pairLogRatio(1_500, 7);
  expect(ratio, `${micros} µs a pair`).toBeLessThan(4);
});
