import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stagePackage } from '../package/staged-package.ts';

const program = `
import { createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
const handler = createCutoverHandler({
  name: 'chat',
  legacy: async () => 'The parcel is here. '.repeat(400),
  candidate: shadowSafe(async () => 'The parcel was here. '.repeat(400)),
  identify: () => ({ tenant: 'acme', task: 'Where is it?' }),
  flags: memoryFlags('shadow'),
});
handler.on('compared', ({ divergence }) => {
  const lexical = divergence.layers.find(({ layer }) => layer === 'lexical');
  process.stdout.write(JSON.stringify(lexical.metrics));
});
await handler();
await handler.flush();
`;

it('compares long replies in its worker when it is installed, and lets the process end', async () => {
  using staged = await stagePackage();
  writeFileSync(join(staged.folder, 'compare.mjs'), program);
  const { stdout } = await staged.run(['compare.mjs']);
  expect(JSON.parse(stdout).rougeL).toBeCloseTo(0.75, 2);
}, 60_000);
