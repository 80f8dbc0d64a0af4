import { describe, expect, it } from 'vitest';
import { isCutoverError } from '../../../src/core/errors.ts';
import type { FlagResolution } from '../../../src/flags/provider.ts';
import { stageOf } from '../../../src/flags/source/stage-of.ts';

const said = 'Flag provider vendor could not evaluate ramp:';
const none = 'Flag ramp of provider vendor names no stage:';

const answers: readonly (readonly [what: string, answer: unknown, message: string])[] = [
  ['an error code', { value: 'live', errorCode: 'FLAG_NOT_FOUND' }, `${said} FLAG_NOT_FOUND.`],
  ['the reason ERROR alone', { value: 'live', reason: 'ERROR' }, `${said} ERROR.`],
  ['a long code', { value: 'live', errorCode: 'E'.repeat(99) }, `${said} ${'E'.repeat(60)}.`],
  ['a word that is no stage', { value: 'on' }, `${none} "on".`],
  ['a long word', { value: 'x'.repeat(99) }, `${none} "${'x'.repeat(60)}".`],
  ['a value that is no word', { value: true }, `${none} a value of type boolean.`],
];

describe('the stage of a provider’s answer', () => {
  it('is the value of an answer without an error', () => {
    expect(stageOf({ value: 'live', reason: 'SPLIT' }, 'vendor', 'ramp')).toBe('live');
  });

  it.each(answers)('is none for %s, and the error says so in short', (_, answer, message) => {
    let thrown: unknown;
    try {
      stageOf(answer as FlagResolution, 'vendor', 'ramp');
    } catch (error) {
      thrown = error;
    }
    expect(isCutoverError(thrown) && [thrown.code, thrown.message]).toEqual([
      'ERR_CUTOVER_CONTAINED',
      message,
    ]);
  });
});
