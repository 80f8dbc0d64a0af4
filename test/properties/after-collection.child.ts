// Calls many times, lets all of it end, has all garbage collected, and tells what of it was compiled. Run with V8's tracing.

import { memoryFlags, percentageFlags } from '../../src/flags/index.ts';
import { createCutoverHandler, shadowSafe } from '../../src/index.ts';
import { instantTarget } from '../shadow/instant-target.ts';

const target = instantTarget();
const users = Array.from({ length: 64 }, (_, index) => `tenant-number-${index}`);
const shared = {
  legacy: async (_user: string, _message: string) => 'legacy answers',
  candidate: shadowSafe(async (_context: unknown, _user: string, _message: string) => 'it does'),
  identify: (user: string, message: string) => ({ tenant: user, task: message }),
};
const ramp = createCutoverHandler({
  ...shared,
  name: 'ramp',
  flags: percentageFlags({ from: 'off', to: 'live', percent: 50 }),
});
const shadow = createCutoverHandler({
  ...shared,
  name: 'shadow',
  flags: memoryFlags('shadow'),
  engramia: { targetOf: () => target, clientOf: () => undefined },
});

for (let batch = 0; batch < 100; batch += 1) {
  for (let at = 0; at < 500; at += 1) {
    const user = users[at & 63] as string;
    await ramp(user, 'What is the way to the station?');
    await shadow(user, 'What is the way to the station?');
  }
  await shadow.flush();
}
console.log('collecting');
globalThis.gc?.();
await new Promise(setImmediate);
globalThis.gc?.();
console.log(
  `mirrored ${shadow.stats().mirror.ok.stored}, learned ${shadow.stats().learn.ok.stored}`,
);
process.exit();
