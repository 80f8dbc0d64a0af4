import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../src/core/call/subject.ts';
import { decisionKey } from '../../../src/flags/source/decision-key.ts';

const keyOf = (tenant: string, facts: Omit<Subject, 'task'> = {}): string =>
  decisionKey(tenant, { task: 'anything', ...facts });

describe('decisionKey', () => {
  it('is the same for the same tenant, user and attributes, whatever the task', () => {
    const attributes = { plan: 'pro', seats: 3 };
    const first = decisionKey('acme', { task: 'one', user: 'ann', attributes });
    expect(decisionKey('acme', { task: 'two', user: 'ann', attributes: { ...attributes } })).toBe(
      first,
    );
    expect(keyOf('acme', { user: '' })).toBe(keyOf('acme'));
  });

  it('is the name of the tenant where there is no more to it, and short in any case', () => {
    expect(keyOf('acme')).toBe('acme');
    expect(keyOf('acme', { user: 'ann' })).toBe('acme\0ann');
    expect(keyOf('acme', { attributes: { plan: 'pro' } })).toBe('\x004:acme{"plan":"pro"}\0');
    expect(keyOf('', { user: 'ann' })).toBe('\x000:\0ann');
  });

  it.each([
    [
      'where the tenant ends and the user begins',
      () => keyOf('ab', { user: 'c' }),
      () => keyOf('a', { user: 'bc' }),
    ],
    [
      'the same user of two tenants',
      () => keyOf('acme', { user: 'ann' }),
      () => keyOf('globex', { user: 'ann' }),
    ],
    ['a user from a NUL in the tenant', () => keyOf('a', { user: 'b' }), () => keyOf('a\0b')],
    [
      'NULs on either side of the border',
      () => keyOf('a\0', { user: 'b' }),
      () => keyOf('a', { user: '\0b' }),
    ],
    [
      'a tenant that looks like the key of another',
      () => keyOf('\x001:a\0b'),
      () => keyOf('a', { user: 'b\0' }),
    ],
    ['a tenant without a name from a user', () => keyOf('', { user: 'a' }), () => keyOf('a')],
    [
      'attributes from text in the tenant',
      () => keyOf('a', { attributes: { b: 1 } }),
      () => keyOf('a{"b":1}'),
    ],
    [
      'where a tenant with NULs ends',
      () => keyOf('a\0b', { user: 'c\0d' }),
      () => keyOf('a\0b\0c', { user: 'd' }),
    ],
    [
      'a tenant without a name from the general form',
      () => keyOf('', { user: '1:a{"b":1}\0' }),
      () => keyOf('a', { attributes: { b: 1 } }),
    ],
    [
      'attributes from text in the user',
      () => keyOf('a', { user: '\0', attributes: { b: 1 } }),
      () => keyOf('a', { user: '{"b":1}\0\0' }),
    ],
    [
      'the number 1 from the text "1"',
      () => keyOf('a', { attributes: { b: 1 } }),
      () => keyOf('a', { attributes: { b: '1' } }),
    ],
    [
      'a user from an attribute',
      () => keyOf('a', { user: 'b' }),
      () => keyOf('a', { attributes: { user: 'b' } }),
    ],
  ])('tells apart %s', (_what, first, second) => {
    expect(first()).not.toBe(second());
  });
});
