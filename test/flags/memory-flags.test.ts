import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { InvalidOptionsError } from '../../src/core/errors.ts';
import type { Stage } from '../../src/core/stage.ts';
import { answerOf, issuesOf, stageOf } from './asking.ts';

describe('memoryFlags', () => {
  it('puts tenants of their own stage there, and all others into the default stage', () => {
    const flags = memoryFlags('dualwrite', { acme: 'live' });
    expect(stageOf(flags, 'acme')).toBe('live');
    expect(stageOf(flags, 'globex')).toBe('dualwrite');
    flags.set('globex', 'shadow');
    flags.setDefault('off');
    expect(stageOf(flags, 'globex')).toBe('shadow');
    expect(stageOf(flags, 'initech')).toBe('off');
    flags.unset('acme');
    flags.unset('never set');
    expect(stageOf(flags, 'acme')).toBe('off');
  });

  it('knows tenants by their names alone, also one called __proto__', () => {
    const flags = memoryFlags('off', JSON.parse('{"__proto__": "live", "toString": "shadow"}'));
    expect(stageOf(flags, '__proto__')).toBe('live');
    expect(stageOf(flags, 'toString')).toBe('shadow');
    for (const name of ['constructor', 'valueOf', 'value', '']) {
      expect(stageOf(flags, name)).toBe('off');
    }
    flags.unset('__proto__');
    expect(stageOf(flags, '__proto__')).toBe('off');
  });

  it('keeps its own copy of the tenants it was given, as an object or as a Map', () => {
    const given = new Map<string, Stage>([['acme', 'live']]);
    const flags = memoryFlags('off', given);
    given.set('acme', 'complete');
    expect(stageOf(flags, 'acme')).toBe('live');
    flags.set('acme', 'shadow');
    expect(given.get('acme')).toBe('complete');
  });

  it('answers with frozen objects that are shared, and says why', () => {
    const flags = memoryFlags('off', { acme: 'off' });
    expect(answerOf(flags, 'globex')).toEqual({ value: 'off', variant: 'off', reason: 'STATIC' });
    expect(answerOf(flags, 'acme')).toMatchObject({ reason: 'TARGETING_MATCH' });
    expect(Object.isFrozen(answerOf(flags, 'acme'))).toBe(true);
    expect(answerOf(flags, 'globex')).toBe(answerOf(memoryFlags('off'), 'initech'));
  });

  it('names everything that is wrong at once, and takes nothing of it', () => {
    const wrong: Record<string, string> = {
      acme: 'on',
      globex: 'live',
      '': 'off',
      ok: '__proto__',
    };
    expect(
      issuesOf(() => memoryFlags('LIVE' as Stage, wrong as Record<string, Stage>)),
    ).toHaveLength(4);
    expect(issuesOf(() => memoryFlags(undefined as unknown as Stage, [] as never))).toHaveLength(2);
    const flags = memoryFlags('off');
    expect(issuesOf(() => flags.set('', 'on' as Stage))).toHaveLength(2);
    expect(issuesOf(() => flags.set(7 as unknown as string, 'live'))).toHaveLength(1);
    expect(issuesOf(() => flags.setDefault('constructor' as Stage))).toHaveLength(1);
    expect(stageOf(flags, '')).toBe('off');
    expect(() => memoryFlags('LIVE' as Stage)).toThrow(InvalidOptionsError);
    expect(() => memoryFlags('LIVE' as Stage)).toThrow(/"LIVE"/);
  });

  it.each([null, 'acme', 5, true, []])('refuses %j as the stages of tenants', (tenants) => {
    expect(issuesOf(() => memoryFlags('off', tenants as never))).toEqual([
      expect.stringContaining('tenants must be an object or a Map of stages by tenant'),
    ]);
  });

  it('shows no more than 60 characters of what is wrong', () => {
    const long = 'x'.repeat(61);
    const shown = `"${'x'.repeat(60)}"`;
    const tenants = new Map([
      ['', 'live'],
      [long, 'on'],
      ['acme', long],
    ] as [string, Stage][]);
    const stages = 'be one of "off", "dualwrite", "shadow", "live", "rampdown", "complete"';
    expect(issuesOf(() => memoryFlags('off', tenants))).toEqual([
      'tenants[""] names no tenant: a tenant must be a string that is not empty',
      `tenants[${shown}] must ${stages}, not "on"`,
      `tenants["acme"] must ${stages}, not ${shown}`,
    ]);
  });

  it('says which function was called wrongly, and with what', () => {
    const flags = memoryFlags('off');
    const on = 'on' as Stage;
    expect(() => memoryFlags('off', { acme: on })).toThrow(/memoryFlags\b.*tenants.*acme/s);
    expect(() => flags.set('acme', on)).toThrow(/memoryFlags\.set\b.*stage/s);
    expect(() => flags.setDefault(on)).toThrow(/memoryFlags\.setDefault\b.*stage/s);
    expect(flags.metadata.name).toBe('memory');
  });
});
