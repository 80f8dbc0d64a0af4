import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { looksLikeJson, parsedJson } from '../../../src/core/text/parsed-json.ts';

function asTheEngineSays(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 3 });

afterEach(() => void vi.restoreAllMocks());

it('reads all that is JSON, with any space around it', () => {
  fc.assert(
    fc.property(fc.json(), space, space, (json, before, after) => {
      const text = before + json + after;
      expect(looksLikeJson(text)).toBe(true);
      expect(parsedJson(text)).toEqual(JSON.parse(json));
    }),
  );
});

it('leaves what is no JSON as it is', () => {
  const nearly = fc.string({ unit: fc.constantFrom(...'{}[]"0.-etrufalsn\\ '), maxLength: 8 });
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), (text) => {
      expect(parsedJson(text)).toEqual(asTheEngineSays(text));
    }),
  );
});

it.each([
  ...['word', ' nothing', 'true story', '3 apples', '-', '{', '"quoted" text', '{a} b', ''],
  ...['1.', '01', '2024-01-01', '1.2.3', '+1', '[link]', '{name}', '[ x]', '"'],
])('does not have %j parsed: the error would cost as much as a hundred words', (text) => {
  const parse = vi.spyOn(JSON, 'parse');
  expect(parsedJson(text)).toBe(text);
  expect(parse).not.toHaveBeenCalled();
});

it.each([undefined, 7, { a: 1 }])('gives %j back, which is no text', (given) => {
  expect(parsedJson(given)).toBe(given);
});
