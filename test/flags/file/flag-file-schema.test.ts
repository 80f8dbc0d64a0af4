import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FlagFileReading } from '../../../src/flags/file/flag-file-schema.ts';

let read: (content: unknown) => FlagFileReading;

// The schema is made once, by whoever comes first: here each test makes its own.
beforeEach(async () => {
  vi.resetModules();
  ({ readFlagFile: read } = await import('../../../src/flags/file/flag-file-schema.ts'));
});

// What a mutant was in when it was loaded is not to be kept for others in the same process.
afterAll(() => void vi.resetModules());

/** What is wrong with a file of version 1. */
function issuesOf(content: object): readonly string[] {
  const reading = read({ version: 1, ...content });
  return reading.ok ? [] : reading.issues;
}

const ramp = { from: 'shadow', to: 'live', percent: 5 };
const stageRule = 'must be one of off, dualwrite, shadow, live, rampdown, complete';
const percentRule = 'must be a number from 0 to 100 with up to two decimals';

describe('a flag file that can be used', () => {
  it('gives everything that it says, tenants and routes by their names', () => {
    const given = {
      version: 1,
      stage: 'off',
      percent: { ...ramp, salt: 'spring', by: 'user' },
      tenants: { acme: 'live', x: 'off' },
      routes: { chat: { stage: 'shadow', tenants: { globex: 'live' } } },
    };
    expect(read(given)).toEqual({
      ok: true,
      file: {
        version: 1,
        stage: 'off',
        percent: { ...ramp, salt: 'spring', by: 'user' },
        tenants: new Map([
          ['acme', 'live'],
          ['x', 'off'],
        ]),
        routes: new Map([['chat', { stage: 'shadow', tenants: new Map([['globex', 'live']]) }]]),
      },
    });
  });

  it.each([0, 0.01, 33.33, 99.99, 100])('may ramp to %d percent', (percent) => {
    expect(issuesOf({ percent: { ...ramp, percent, by: 'tenant' } })).toEqual([]);
  });

  it('may leave out where a ramp starts if a stage says so', () => {
    const percent = { to: 'live', percent: 5 };
    expect(issuesOf({ stage: 'off', percent, routes: { chat: { percent } } })).toEqual([]);
    expect(issuesOf({ routes: { chat: { stage: 'off', percent } } })).toEqual([]);
  });
});

describe('a flag file that cannot be used', () => {
  it.each([
    [{ version: 2 }, 'version must be 1'],
    [{ stage: 'on' }, `stage ${stageRule}`],
    [{ percent: 5 }, 'percent must be an object'],
    [{ percent: { ...ramp, percent: 33.333 } }, `percent.percent ${percentRule}`],
    [{ percent: { ...ramp, percent: -1 } }, `percent.percent ${percentRule}`],
    [{ percent: { ...ramp, percent: 101 } }, `percent.percent ${percentRule}`],
    [{ percent: { ...ramp, percent: '5' } }, `percent.percent ${percentRule}`],
    [{ percent: { ...ramp, salt: 5 } }, 'percent.salt must be a text'],
    [{ percent: { ...ramp, by: 'session' } }, 'percent.by must be "tenant" or "user"'],
    [{ tenants: { '': 'live' } }, 'tenants[""] names nobody'],
    [{ tenants: { 'a.b': 'on' } }, `tenants["a.b"] ${stageRule}`],
    [{ tenants: { 'a b': 'on' } }, `tenants["a b"] ${stageRule}`],
    [{ routes: { chat: { stage: 'on' } } }, `routes.chat.stage ${stageRule}`],
    [{ routes: { chat: 'live' } }, 'routes.chat must be an object'],
  ])('as it holds %j, is told in words: %s', (content, issue) => {
    expect(issuesOf(content)).toEqual([issue]);
  });

  it.each([null, [], ['acme'], 'acme', 5])('as its tenants are %j, is told so', (tenants) => {
    expect(issuesOf({ tenants })).toEqual(['tenants must be an object']);
    expect(issuesOf({ routes: tenants })).toEqual(['routes must be an object']);
  });

  it('is told where a ramp starts nowhere, of all routes and of one', () => {
    const percent = { to: 'live', percent: 5 };
    const missing = 'percent.from is missing, and no "stage" takes its place';
    expect(issuesOf({ percent, routes: { chat: { percent } } })).toEqual([
      missing,
      `routes.chat.${missing}`,
    ]);
  });

  it.each([
    [40, (name: string) => `tenants.${name}`],
    [41, (name: string) => `tenants["${name}"]`],
    [61, () => `tenants["${'n'.repeat(60)}"]`],
  ])('shows a name of %d characters no longer than is good', (length, place) => {
    const name = 'n'.repeat(length);
    expect(issuesOf({ tenants: { [name]: 'on' } })).toEqual([`${place(name)} ${stageRule}`]);
  });

  it('is told with twenty things at most, fields that do not exist among them', () => {
    const names = Array.from({ length: 25 }, (_, index) => `f${index}`);
    const shown = names.slice(0, 20).map((name) => `"${name}"`);
    expect(issuesOf(Object.fromEntries(names.map((name) => [name, 1])))).toEqual([
      `the file has fields that do not exist: ${shown.join(', ')}`,
    ]);
    const tenants = Object.fromEntries(names.map((name) => [name, 'on']));
    expect(issuesOf({ tenants })).toHaveLength(20);
  });
});
