import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'tsup';
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
handler().then(() => handler.flush());
`;

it('compares long replies in its worker when it is installed, and lets the process end', async () => {
  using staged = await stagePackage();
  writeFileSync(join(staged.folder, 'compare.mjs'), program);
  const { stdout } = await staged.run(['compare.mjs']);
  expect(JSON.parse(stdout).rougeL).toBeCloseTo(0.75, 2);
}, 60_000);

it('compares long replies without its worker in an app that was bundled as one file of CommonJS', async () => {
  using staged = await stagePackage();
  const app = join(staged.folder, 'app.mjs');
  writeFileSync(app, program);
  // Else its package would be this one, whose name means the sources.
  writeFileSync(join(staged.folder, 'package.json'), '{}');
  const output = { format: 'cjs', platform: 'node', outDir: staged.folder } as const;
  await build({ entry: [app], ...output, noExternal: [/./], config: false, silent: true });
  const { stdout } = await staged.run(['app.cjs']);
  expect(JSON.parse(stdout)).toEqual({
    similarity: expect.any(Number),
    jaccard: expect.any(Number),
  });
}, 60_000);
