import { expect, it } from 'vitest';
import { PollWaits } from '../../src/openai/assistants/poll-waits.ts';

const waits = () => new PollWaits({ pollMs: 500, maxPollMs: 5_000 });

it('looks are half as long again apart each time, up to the longest', () => {
  const polls = waits();
  const ms = Array.from({ length: 8 }, () => polls.next());
  expect(ms).toEqual([500, 750, 1_125, 1_687.5, 2_531.25, 3_796.875, 5_000, 5_000]);
});

it.each([
  ['openai-poll-after-ms', '1200', 1_200],
  ['retry-after-ms', '1200', 1_200],
  ['retry-after', '2', 2_000],
  ['retry-after', '3600', 60_000],
  ['retry-after-ms', '60001', 60_000],
  ['retry-after', '-1', 500],
  ['retry-after', 'Wed, 21 Oct 2026 07:28:00 GMT', 500],
])('a service that says %s: %s is looked at after so long, a minute at most', (name, value, ms) => {
  expect(waits().next(new Headers({ [name]: value }))).toBe(ms);
});
