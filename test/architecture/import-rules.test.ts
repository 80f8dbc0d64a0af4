import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importViolations } from './import-rules.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const source = join(root, 'src');

function sources(): Map<string, string> {
  const paths = readdirSync(source, { recursive: true, encoding: 'utf8' });
  return new Map(
    paths
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [path.replaceAll('\\', '/'), readFileSync(join(source, path), 'utf8')]),
  );
}

const planted: readonly [rule: string, path: string, text: string][] = [
  ['core stays on its own', 'core/a.ts', `import { b } from '../router/b.ts';`],
  ['types count as well', 'core/a.ts', `import type { b } from '../flags/b.ts';`],
  ['an inline type import counts', 'core/a.ts', `type B = import('../flags/b.ts').B;`],
  ['flags do not know the shadow', 'flags/a.ts', `export * from '../shadow/b.ts';`],
  ['the shadow does not know the router', 'shadow/a.ts', `await import('../router/b.ts');`],
  ['a lane does not know what it carries', 'shadow/lane/a.ts', `import '../learn/b.ts';`],
  ['the router does not know its adapters', 'router/a.ts', `import './adapters/b.ts';`],
  ['the root does not know the adapters', 'create.ts', `import './router/adapters/b.ts';`],
  ['nothing shipped imports testing', 'adapters.ts', `import './testing/b.ts';`],
  ['src stays in src', 'core/a.ts', `import '../../test/b.ts';`],
  ['a new room needs a rule', 'attic/a.ts', `import '../core/b.ts';`],
  ['extensions are written', 'core/a.ts', `import './b.js';`],
  ['undici is lazy', 'engramia/transport.ts', `import { Agent } from 'undici';`],
  ['undici has one home', 'shadow/a.ts', `await import('undici');`],
  ['zod stays in schemas', 'engramia/client.ts', `import { z } from 'zod';`],
  ['msw stays in testing', 'engramia/a.ts', `import { http } from 'msw';`],
  ['frameworks are types', 'router/adapters/express.ts', `import express from 'express';`],
  [
    'a mixed import is no type import',
    'router/adapters/a.ts',
    `import e, { type R } from 'express';`,
  ],
  ['packages are named', 'core/a.ts', `import x from 'left-pad';`],
  ['computed imports are refused', 'core/a.ts', `await import(name);`],
  ['no console', 'router/a.ts', `console.warn('x');`],
  ['no exit', 'router/a.ts', `process.exit(1);`],
  ['no process listener', 'router/a.ts', `process.once('SIGTERM', stop);`],
];

describe('the import rules', () => {
  it('hold in every file of src', () => {
    const files = sources();
    expect(files.size).toBeGreaterThan(10);
    expect(importViolations(files)).toEqual([]);
  });

  it.each(planted)('find a planted breach: %s', (_rule, path, text) => {
    expect(importViolations(new Map([[path, text]]))).toHaveLength(1);
  });

  it('do not mistake comments and strings for code', () => {
    const text = `// console.log('x'); import 'undici';\nexport const a = "import 'msw'; process.exit()";`;
    expect(importViolations(new Map([['core/a.ts', text]]))).toEqual([]);
  });

  it('allow what is decided', () => {
    const allowed = new Map([
      [
        'engramia/transport.ts',
        `const { Agent } = await import('undici');\nimport type { Dispatcher } from 'undici';`,
      ],
      [
        'router/adapters/express.ts',
        `import type { Request } from 'express';\nimport '../../create.ts';`,
      ],
      ['testing/fake.ts', `import { http } from 'msw';\nimport '../create.ts';`],
      ['shadow/learn/a.ts', `import '../lane/b.ts';\nimport './c.ts';\nimport '../work.ts';`],
      ['core/a.ts', `import { createHash } from 'node:crypto';`],
    ]);
    expect(importViolations(allowed)).toEqual([]);
  });
});
