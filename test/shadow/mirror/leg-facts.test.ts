import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/core/call/observation.ts';
import type { ReportedFacts } from '../../../src/core/call/subject.ts';
import { legFacts } from '../../../src/shadow/mirror/leg-facts.ts';

const text = { chars: 2, sha256: 'ab' };
const answered: Observation = { leg: 'candidate', status: 'fulfilled', value: 'hi', durationMs: 7 };
const called = (...names: unknown[]) => names.map((name) => ({ name, arguments: {} }));

const toolsOf = (toolCalls: unknown): unknown =>
  legFacts(answered, undefined, { toolCalls } as ReportedFacts, text).tools;

describe('what may be told of how a leg ended', () => {
  it('is its time and the hash of its text', () => {
    const facts = { leg: 'candidate', status: 'fulfilled', durationMs: 7 };
    expect(legFacts(answered, undefined, undefined, text)).toEqual({ ...facts, ...text });
    expect(legFacts(answered, { text: 'hi' }, { toolCalls: [] }, undefined)).toEqual(facts);
  });

  it('is the error’s name where it failed', () => {
    const failed: Observation = {
      leg: 'legacy',
      status: 'rejected',
      reason: new TypeError('secret'),
      durationMs: 3,
    };
    expect(legFacts(failed, undefined, { toolCalls: called('x') as never }, text)).toEqual({
      leg: 'legacy',
      status: 'rejected',
      durationMs: 3,
      error: { name: 'TypeError' },
    });
  });

  it('is the names of its tools, as it reported them or else as its reply shows them', () => {
    const view = { text: 'hi', toolCalls: called('seen') as never };
    const reported = { toolCalls: called('told') as never };
    expect(legFacts(answered, view, reported, text).tools).toEqual(['told']);
    expect(legFacts(answered, view, undefined, text).tools).toEqual(['seen']);
    expect(legFacts(answered, view, {}, text).tools).toEqual(['seen']);
  });

  it('names no tool by what may hold anything', () => {
    const longest = 'n'.repeat(64);
    expect(toolsOf(called('get.order:1-a_b', longest))).toEqual(['get.order:1-a_b', longest]);
    const trap = {
      get name(): never {
        throw new Error('no name');
      },
    };
    const odd = called(`${longest}n`, '', 'two words', 'x\n', 7, undefined);
    expect(toolsOf([...odd, trap, null, undefined, 'name'])).toEqual(Array(10).fill('unnamed'));
  });

  it('is of 256 tools at most, and of none where there is no list', () => {
    expect(toolsOf(called(...Array(300).fill('t')))).toEqual(Array(256).fill('t'));
    for (const none of [undefined, 'tools', { length: 1 }]) expect(toolsOf(none)).toBeUndefined();
  });
});
