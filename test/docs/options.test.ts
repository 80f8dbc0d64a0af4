import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const script = join(root, 'scripts/options-reference.mjs');

/** The reference of a project's options as it would be written now. */
async function reference(...project: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--print', ...project]);
  return stdout;
}

/** A project with two entry points. */
function planted(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'options-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const paths = { pkg: ['./src/index.ts'], 'pkg/more': ['./src/more.ts'] };
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { paths } }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'src', name), text);
  return folder;
}

describe('the reference of the options', () => {
  it('says what the types say: if not, npm run docs:options writes it anew', async () => {
    expect(readFileSync(join(root, 'docs/options.md'), 'utf8')).toBe(await reference());
  });

  it('tells name, type, default and sentence of each option, by entry point', async () => {
    const folder = planted({
      'index.ts': `export type { TeaOptions } from './tea.ts';`,
      'tea.ts': `/** How tea is made. */
export interface TeaOptions {
  /** Minutes. @default 3 */
  minutes?: number | undefined;
  /** Where from. */
  leaf: 'green' | 'black';
}`,
      'more.ts': `import type { TeaOptions } from './tea.ts';
/** How tea is served. */
export interface CupOptions extends TeaOptions {
  leaf: 'green';
  /** With what. @default nothing */
  tea?: TeaOptions | undefined;
  pour(into: string): void;
}`,
    });
    const [, tea, cup] = (await reference(folder)).split(/^## /m);
    expect(tea).toBe(`\`pkg\`

### TeaOptions

How tea is made.

| option | type | default | meaning |
| --- | --- | --- | --- |
| \`minutes\` | \`number\` | \`3\` | Minutes. |
| \`leaf\` | \`'green' \\| 'black'\` | **required** | Where from. |

`);
    expect(cup).toBe(`\`pkg/more\`

### CupOptions

How tea is served.

With those of [TeaOptions](#teaoptions).

| option | type | default | meaning |
| --- | --- | --- | --- |
| \`leaf\` | \`'green'\` | **required** | Where from. |
| \`tea\` | \`TeaOptions\` | nothing | With what. See [TeaOptions](#teaoptions). |
| \`pour\` | \`(into: string) => void\` | **required** |  |
`);
  });

  it('tells what an entry point hands on as a whole', async () => {
    const folder = planted({
      'index.ts': `export type * from './tea.ts';`,
      'tea.ts': `/** How tea is made. */
export interface BrewAction {
  /** Why. */
  reason: string;
}`,
      'more.ts': '',
    });
    expect(await reference(folder)).toContain(`### BrewAction

How tea is made.

| option | type | default | meaning |
| --- | --- | --- | --- |
| \`reason\` | \`string\` | **required** | Why. |
`);
  });

  it('is not written of an option that an app which has none cannot hand on', async () => {
    const folder = planted({
      'index.ts': `export type { TeaOptions } from './tea.ts';`,
      'tea.ts': 'export interface TeaOptions { pot: { milk?: number | undefined; ml?: number } }',
      'more.ts': '',
    });
    await expect(reference(folder)).rejects.toThrow('TeaOptions.ml takes no undefined: number');
  });
});
