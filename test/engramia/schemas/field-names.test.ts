import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { camelKeys, snakeKeys } from '../../../src/engramia/schemas/field-names.ts';

const source = new URL('../../../src/engramia/schemas/field-names.ts', import.meta.url).href;

describe('names of fields', () => {
  it('are turned into the other spelling and back, fields that were not given left out', () => {
    expect(camelKeys({ pattern_count: 1, stored: true })).toEqual({
      patternCount: 1,
      stored: true,
    });
    expect(snakeKeys({ evalScore: 5, runId: undefined })).toEqual({ eval_score: 5 });
  });

  it('that the service sends in our spelling take no place of those that were checked', () => {
    const [checked, other] = [{ pattern_count: 1 }, { patternCount: 'many' }];
    expect(camelKeys({ ...checked, ...other })).toEqual({ patternCount: 1 });
    expect(camelKeys({ ...other, ...checked })).toEqual({ patternCount: 1 });
  });

  it('give an object no other prototype, whatever the service sends', () => {
    const sent = JSON.parse('{"__proto__":{"stored":true},"pattern_count":1}');
    const read: { stored?: unknown } = camelKeys(sent);
    expect(read.stored).toBeUndefined();
    expect(Object.keys(read)).toEqual(['_Proto__', 'patternCount']);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(snakeKeys(sent))).toBe(Object.prototype);
    expect(JSON.stringify(snakeKeys(sent))).toBe(JSON.stringify(sent));
  });

  it('may be those that every object has, also where an app has frozen them', () => {
    const program = `
      Object.freeze(Object.prototype);
      const { camelKeys, snakeKeys } = await import(${JSON.stringify(source)});
      console.log(JSON.stringify([camelKeys({ to_string: 1 }), snakeKeys({ valueOf: 2 })]));`;
    const flags = ['--input-type=module', '-e', program];
    const printed = execFileSync(process.execPath, flags, { encoding: 'utf8' });
    expect(printed.trim()).toBe('[{"toString":1},{"value_of":2}]');
  });
});
