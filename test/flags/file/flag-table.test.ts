import { percentageFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { readFlagFile } from '../../../src/flags/file/flag-file-schema.ts';
import { FlagTable } from '../../../src/flags/file/flag-table.ts';
import type { EvaluationContext } from '../../../src/flags/provider.ts';
import { answerOf } from '../asking.ts';

function tableOf(content: object) {
  const reading = readFlagFile({ version: 1, ...content });
  if (!reading.ok) throw new Error(reading.issues.join());
  const table = new FlagTable(reading.file);
  return (about: string | EvaluationContext, flagKey = 'cutover.chat') => {
    const context = typeof about === 'string' ? { targetingKey: about } : about;
    const { value, reason } = table.answer(flagKey, 'off', context);
    return `${value}, ${reason}`;
  };
}

describe('the rules of a flag file', () => {
  it('give way to nearer ones: the tenant, then the route, then all', () => {
    const stageOf = tableOf({
      stage: 'dualwrite',
      tenants: { acme: 'rampdown' },
      routes: { chat: { stage: 'shadow', tenants: { globex: 'live' } }, search: {} },
    });
    expect(stageOf('globex')).toBe('live, TARGETING_MATCH');
    expect(stageOf('acme')).toBe('rampdown, TARGETING_MATCH');
    expect(stageOf('initech')).toBe('shadow, STATIC');
    expect(stageOf({})).toBe('shadow, STATIC');
    for (const flagKey of ['cutover.search', 'cutover.other', 'other']) {
      expect(stageOf('globex', flagKey)).toBe('dualwrite, STATIC');
      expect(stageOf('acme', flagKey)).toBe('rampdown, TARGETING_MATCH');
    }
  });

  it('know a route by its name and by its flag’s key, which wins', () => {
    const stageOf = tableOf({
      routes: { 'cutover.chat': { stage: 'live' }, chat: { stage: 'shadow' } },
    });
    expect(stageOf('acme', 'cutover.chat')).toBe('live, STATIC');
    expect(stageOf('acme', 'chat')).toBe('shadow, STATIC');
    expect(stageOf('acme', 'cutover.cutover.chat')).toBe('live, STATIC');
    expect(stageOf('acme', 'other')).toBe('off, DEFAULT');
  });

  it('say nothing where there are none', () => {
    expect(tableOf({})('acme')).toBe('off, DEFAULT');
    expect(tableOf({ tenants: { globex: 'live' } })('acme')).toBe('off, DEFAULT');
  });
});

describe('the ramp of a flag file', () => {
  const ids = Array.from({ length: 300 }, (_, n) => `id-${n}`);

  it.each([
    ['of tenants', {}],
    ['of tenants, by name', { by: 'tenant' }],
    ['of users', { by: 'user' }],
    ['with a salt', { salt: 'spring' }],
  ] as const)('%s takes whom one in code takes', (_what, options) => {
    const ramp = { from: 'shadow', to: 'live', percent: 33.33, ...options } as const;
    const [stageOf, flags] = [tableOf({ percent: ramp }), percentageFlags(ramp)];
    for (const id of ids) {
      for (const context of [{ targetingKey: id }, { targetingKey: 'acme', user: id }]) {
        const { value, reason } = answerOf(flags, context);
        expect(stageOf(context)).toBe(`${value}, ${reason}`);
      }
    }
  });

  it('leaves a tenant outside whose bucket is just where the percentage ends', () => {
    const stageAt = (percent: number) =>
      tableOf({ percent: { from: 'shadow', to: 'live', percent } })('tenant-846743');
    expect([stageAt(8.7), stageAt(8.71)]).toEqual(['shadow, SPLIT', 'live, SPLIT']);
  });

  it('leaves those outside in its own stage, or the one that holds without it', () => {
    const none = { to: 'live', percent: 0 };
    const stageOf = tableOf({
      stage: 'dualwrite',
      percent: none,
      routes: {
        chat: { percent: none },
        search: { stage: 'shadow', percent: none },
        tools: { stage: 'shadow', percent: { ...none, from: 'rampdown' } },
      },
    });
    const stages = ['other', 'chat', 'search', 'tools'].map((name) => stageOf('acme', name));
    expect(stages).toEqual(
      ['dualwrite', 'dualwrite', 'shadow', 'rampdown'].map((stage) => `${stage}, SPLIT`),
    );
    expect(stageOf({}, 'search')).toBe('shadow, SPLIT');
  });

  it('has nobody outside at a hundred percent', () => {
    const stageOf = tableOf({ stage: 'off', percent: { to: 'live', percent: 100 } });
    expect(new Set(ids.map((id) => stageOf(id)))).toEqual(new Set(['live, SPLIT']));
    expect(stageOf({})).toBe('off, SPLIT');
  });
});
