import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fakeEngramia } from 'engramia-cutover/testing';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StagedPackage, stagePackage } from '../package/staged-package.ts';
import { ambient } from './ambient.ts';
import { allSnippets, type Snippet, snippetsOf } from './snippet.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const snippets = allSnippets(root);
const compiledOnly = snippets.filter((snippet) => !snippet.runs);

// A block may start a server: one turn after it has run, whatever still listens no longer matters.
const runner = `
import './ambient.mjs';
await import(process.argv[2]);
setTimeout(() => process.exit(0), 100).unref();
`;

/** A block that names no address of the service finds this one, as it would find the reader's own. */
const key = 'key-of-the-documents';
let staged: StagedPackage;
let service: { url: string; close(): Promise<void> };

const fileOf = (snippet: Snippet): string => snippet.place.replaceAll(/[^\w-]+/g, '_');

/** Complaints of the compiler about blocks, all in one program. */
function typeErrors(blocks: readonly Snippet[], own: object = {}): string {
  for (const block of blocks) {
    writeFileSync(join(staged.folder, `${fileOf(block)}.mts`), block.code);
  }
  const files = ['ambient.d.mts', ...blocks.map((block) => `${fileOf(block)}.mts`)];
  const options = { noEmit: true, rootDir: '/', ...own };
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: options,
    files,
    include: [],
  };
  writeFileSync(join(staged.folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', staged.folder], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter((line) => line.includes(basename(staged.folder)));
  return lines.join('\n'); // the sources have a check of their own
}

async function runSnippet(snippet: Snippet): Promise<void> {
  const file = `${fileOf(snippet)}.mjs`;
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  const { outputText } = ts.transpileModule(snippet.code, { compilerOptions });
  writeFileSync(join(staged.folder, file), outputText);
  const env = { ENGRAMIA_API_URL: service.url, ENGRAMIA_API_KEY: key };
  await staged.run(['run-snippet.mjs', `./${file}`], { env });
}

beforeAll(async () => {
  staged = await stagePackage();
  const fake = await fakeEngramia({
    keys: { [key]: { tenant: 'a', project: 'p', role: 'editor' } },
  });
  service = await fake.listen();
  writeFileSync(join(staged.folder, 'ambient.d.mts'), ambient.types);
  writeFileSync(join(staged.folder, 'ambient.mjs'), ambient.values);
  writeFileSync(join(staged.folder, 'run-snippet.mjs'), runner);
}, 60_000);

afterAll(async () => {
  await service.close();
  staged[Symbol.dispose]();
});

describe(`the ${snippets.length} TypeScript blocks of the documents`, () => {
  it('compile against the sources', () => {
    expect(typeErrors(snippets)).toBe('');
  });

  it('compile with the types of a browser beside Node’s, which an app has unless it names its own', () => {
    const lib = ['ES2024', 'ESNext.Disposable', 'DOM', 'DOM.Iterable'];
    expect(typeErrors(snippets, { lib })).toBe('');
  });

  if (snippets.some((snippet) => snippet.runs)) {
    it.each(snippets.filter((snippet) => snippet.runs))('run: $place', runSnippet);
  }

  it(`run but for ${compiledOnly.length} that are compiled only`, () => {
    expect(compiledOnly.length).toBeLessThanOrEqual(Math.ceil(snippets.length / 4));
  });
});

describe('the check of the blocks', () => {
  const block = (code: string): Snippet[] =>
    snippetsOf('page.md', `Text.\n\n\`\`\`ts\n${code}\n\`\`\`\n`);

  it('names the line on which a block begins', () => {
    expect(block('export {};')).toEqual([{ place: 'page.md:4', code: 'export {};\n', runs: true }]);
  });

  it('tells blocks that are compiled only, and leaves other languages alone', () => {
    const page = '```ts no-run\nfoo();\n```\n\n```sh\nls\n```\n';
    expect(snippetsOf('page.md', page)).toEqual([
      { place: 'page.md:2', code: 'foo();\n', runs: false },
    ]);
  });

  it('finds a block that does not compile', () => {
    const wrong = block(
      `import type { Stage } from 'engramia-cutover';\nexport const stage: Stage = 'on';`,
    );
    expect(typeErrors(wrong)).toMatch(/page_md_4\.mts\(2,14\).*TS2322/);
  });

  it('finds a block that throws', async () => {
    const [wrong] = block(`await Promise.reject(new Error('planted'));`);
    await expect(wrong === undefined ? undefined : runSnippet(wrong)).rejects.toThrow('planted');
  });
});
