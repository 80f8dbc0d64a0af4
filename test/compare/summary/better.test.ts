import { summarize } from 'engramia-cutover/report';
import { expect, it } from 'vitest';
import { pairOf } from '../../pairs/pairs.ts';
import { divergence } from '../comparing.ts';

const fine = Array.from({ length: 80 }, () => pairOf());

it.each([
  ['refuses', 'I’m sorry, but I can’t help with that request of yours today.'],
  ['says nothing', ' \n'],
])('an answer to what legacy %s is no wrong one', async (_what, legacy) => {
  const found = await divergence(
    legacy,
    'Your order was shipped on Monday and will be there soon.',
  );
  const better = Array.from({ length: 20 }, () => pairOf({ divergence: found }));
  expect(summarize([...fine, ...better]).diagnoses).toEqual([]);
});
