import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../src/core/call/subject.ts';
import { evaluationContext } from '../../../src/flags/source/evaluation-context.ts';

const contextOf = (facts: object, unit: 'tenant' | 'user' = 'tenant') =>
  evaluationContext('acme', { task: 'anything', ...facts } as Subject, unit);

const attributes = { plan: 'pro', user: 'nobody', targetingKey: 'globex' };

describe('the context of a call', () => {
  it.each([
    ['by tenant', {}, 'tenant', { targetingKey: 'acme' }],
    ['by tenant, of a user', { user: 'ann' }, 'tenant', { targetingKey: 'acme', user: 'ann' }],
    ['by tenant, with null', { attributes: null as never }, 'tenant', { targetingKey: 'acme' }],
    ['by tenant, with attributes', { attributes }, 'tenant', { plan: 'pro', targetingKey: 'acme' }],
    [
      'by tenant, of a user with attributes',
      { user: 'ann', attributes },
      'tenant',
      { plan: 'pro', targetingKey: 'acme', user: 'ann' },
    ],
    ['by user, without one', {}, 'user', { targetingKey: 'acme', tenant: 'acme' }],
    ['by user', { user: 'ann' }, 'user', { targetingKey: 'ann', tenant: 'acme', user: 'ann' }],
    [
      'by user, with attributes',
      { user: 'ann', attributes: { ...attributes, tenant: 'globex' } },
      'user',
      { plan: 'pro', targetingKey: 'ann', tenant: 'acme', user: 'ann' },
    ],
  ] as const)('%s names whom it is for', (_what, facts, unit, context) => {
    expect(contextOf(facts, unit)).toStrictEqual(context);
  });

  it.each([7, true, null, '', {}])('takes %j for no user', (user) => {
    expect(contextOf({ user })).toStrictEqual({ targetingKey: 'acme' });
    expect(contextOf({ user }, 'user')).toStrictEqual({ targetingKey: 'acme', tenant: 'acme' });
  });
});
