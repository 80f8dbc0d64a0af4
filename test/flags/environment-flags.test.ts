import { environmentFlags } from 'engramia-cutover/flags';
import { describe, expect, it, vi } from 'vitest';
import { stageNames } from '../../src/core/stage.ts';
import { answerOf, issuesOf, stageOf } from './asking.ts';

describe('environmentFlags', () => {
  it('prefers the variable of the route to the one of all routes, and that to the default', () => {
    const flags = environmentFlags({
      ENGRAMIA_CUTOVER_STAGE: 'dualwrite',
      ENGRAMIA_CUTOVER_CHAT_STAGE: 'live',
      PATH: '/bin',
    });
    expect(stageOf(flags, 'acme', 'cutover.chat')).toBe('live');
    expect(stageOf(flags, 'acme', 'cutover.search')).toBe('dualwrite');
    expect(stageOf(flags, 'globex', 'cutover.chat')).toBe('live');
    expect(answerOf(environmentFlags({}), 'acme')).toMatchObject({
      value: 'off',
      reason: 'DEFAULT',
    });
  });

  it('finds a route by its name in upper case, with _ for all that is no letter or digit', () => {
    const flags = environmentFlags({
      ENGRAMIA_CUTOVER_SUPPORT_CHAT_2_STAGE: 'shadow',
      ENGRAMIA_CUTOVER_Z_RICH_STAGE: 'live',
      ENGRAMIA_CUTOVER_OWN_KEY_STAGE: 'complete',
    });
    expect(stageOf(flags, 'acme', 'cutover.support-chat.2')).toBe('shadow');
    expect(stageOf(flags, 'acme', 'cutover.Support chat/2')).toBe('shadow');
    expect(stageOf(flags, 'acme', 'cutover.zürich')).toBe('live');
    expect(stageOf(flags, 'acme', 'own.key')).toBe('complete');
    expect(stageOf(flags, 'acme', 'cutover.other')).toBe('off');
  });

  it('reads the variables once, when it is made', () => {
    const env: Record<string, string> = { ENGRAMIA_CUTOVER_STAGE: 'shadow' };
    const flags = environmentFlags(env);
    env.ENGRAMIA_CUTOVER_STAGE = 'live';
    env.ENGRAMIA_CUTOVER_CHAT_STAGE = 'live';
    expect(stageOf(flags, 'acme')).toBe('shadow');
    expect(stageOf(environmentFlags(env), 'acme')).toBe('live');
  });

  it("reads the process's own variables when none are given", () => {
    vi.stubEnv('ENGRAMIA_CUTOVER_STAGE', 'rampdown');
    const flags = environmentFlags();
    vi.unstubAllEnvs();
    expect(stageOf(flags, 'acme')).toBe('rampdown');
  });

  it('keeps giving the default that it is asked with to routes without a variable', () => {
    const flags = environmentFlags({});
    const silent = { error() {}, warn() {}, info() {}, debug() {} };
    for (const stage of [...stageNames, ...stageNames]) {
      const answer = flags.resolveStringEvaluation('cutover.chat', stage, {}, silent);
      expect(answer).toMatchObject({ value: stage });
    }
  });

  it('takes a variable that is not set for none, and its own names alone', () => {
    const flags = environmentFlags({
      ENGRAMIA_CUTOVER_STAGE: undefined,
      ENGRAMIA_CUTOVER_OWN_CUTOVER_CHAT_STAGE: 'live',
      ENGRAMIA_CUTOVER__STAGE: 'nonsense',
    });
    expect(stageOf(flags, 'acme', 'own.cutover.chat')).toBe('live');
    expect(stageOf(flags, 'acme', 'own.chat')).toBe('off');
  });

  it('says what was called wrongly', () => {
    expect(() => environmentFlags({ ENGRAMIA_CUTOVER_STAGE: 'on' })).toThrow(
      'Invalid options of environmentFlags(): ENGRAMIA_CUTOVER_STAGE must',
    );
  });

  it('names every variable whose value is no stage, with the value and the six stages', () => {
    const env = {
      ENGRAMIA_CUTOVER_STAGE: '',
      ENGRAMIA_CUTOVER_CHAT_STAGE: 'Live',
      ENGRAMIA_CUTOVER_SEARCH_STAGE: 'shadow',
      ENGRAMIA_CUTOVER_TOOLS_STAGE: '__proto__',
      OTHER_STAGE: 'production',
    };
    const issues = issuesOf(() => environmentFlags(env));
    expect(issues).toHaveLength(3);
    const issue = issues.find((text) => text.includes('ENGRAMIA_CUTOVER_CHAT_STAGE'));
    expect(issue).toContain('"Live"');
    for (const stage of stageNames) expect(issue).toContain(stage);
  });
});
