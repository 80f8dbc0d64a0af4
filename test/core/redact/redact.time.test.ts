import { describe, expect, it } from 'vitest';
import { redactPersonalData } from '../../../src/core/redact/redact.ts';
import { hits } from './redact-cases.ts';

/** Milliseconds of processor time, the least of several runs each: what else the machine does is not counted. */
function fastest(short: string, long: string): { short: number; long: number } {
  const best = { short: Number.POSITIVE_INFINITY, long: Number.POSITIVE_INFINITY };
  const timed = (text: string): number => {
    const from = process.cpuUsage();
    redactPersonalData(text);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000;
  };
  for (let run = 0; run < 7; run += 1) {
    best.short = Math.min(best.short, timed(short));
    best.long = Math.min(best.long, timed(long));
  }
  return best;
}

/** Something of each kind, lest a kind be ruled out beforehand and its pattern not be tried. */
const everySign = ` ${hits.map(([text]) => text).join(' ')} `;

describe('the time that redactPersonalData takes', () => {
  const units = [
    'a',
    '1',
    '-',
    '.',
    '@',
    ' ',
    '+',
    '/',
    '=',
    ':',
    '(',
    '_',
    '[',
    'é',
    '世',
    'a@',
    'a.',
    '@a.',
    'a@b.',
    'a@a.a1@',
    '0 ',
    '1.',
    '1-',
    '+1',
    '+1 ',
    '00',
    '0 1 ',
    '(0',
    '4111 ',
    '4',
    '41111111111111112 ',
    '1.1.1.1.',
    '1:',
    '::',
    'f:',
    'DE89 ',
    'DE89',
    'DE89 3704 ',
    'A1A1',
    'eyJ',
    'eyJaaaa.',
    'eyJaaaa.eyJ',
    'password',
    'password=',
    'password=a',
    'password=(',
    'token:"',
    'password = aaaa(',
    'password=aaaa=',
    'api key',
    '--password ',
    '--password a',
    '--a-',
    'token>',
    'token>a</',
    'token>aaaa',
    '-u a',
    '-u a:',
    '-u a:b1cd',
    '?sig=',
    '&sig=aB1',
    '12345678:AA',
    'Bearer ',
    'Bearer a',
    'authorization: bearer ',
    'authorization:bearer a',
    'sk-',
    'ghp_',
    'xoxb-',
    '://',
    '://a',
    '://a:',
    '://a:b/',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\nAA-A',
    '-----BEGIN ',
    '-----',
    'aB1',
    'aB1-',
    'aB1/',
    'f0',
    'f0-',
    `${'f0'.repeat(16)}/`,
    `${'aB1'.repeat(14)}/`,
    `${'aB1'.repeat(14)}+a1/`,
    'jane@example.com ',
    'AKIAIOSFODNN7EXAMPLE/',
    'AKIAIOSFODNN7EXAMPLE-',
    'sk-aaaaaaaaaaa1.',
    'a1a1@b.cd/',
    'a:1.2.3.44/',
    '+49 30 1234567 ',
    'password=hunter2 ',
    'password="hunter2 ',
    'password="hunter2 two" ',
    '://a:b@c@',
    '\\n',
    '\\u00e9',
    '\\n4111 ',
    '\\neyJaaaa.',
  ];

  it.each(units)('grows no faster than a text of %j', (unit) => {
    const text = unit.repeat(Math.ceil(100_000 / unit.length));
    const { short, long } = fastest(
      everySign + text.slice(0, 25_000),
      everySign + text.slice(0, 100_000),
    );
    // Four times the text: linear is 4, quadratic 16. A linear search of the long one takes 5 to 20 ms, a quadratic one
    // hundreds: below 50 the ratio would only measure the collector and the caches.
    expect(long).toBeLessThan(Math.max(10 * short, 50));
  });

  it.each([
    ['password=', 'a'],
    ['token: "', '1.'],
    ['api_key=>', '1-'],
  ])('grows no faster than one value behind %j of %j', (name, unit) => {
    const textOf = (units: number): string => `${name}${unit.repeat(units / unit.length)}!`;
    const { short, long } = fastest(textOf(16_000), textOf(64_000));
    expect(long).toBeLessThan(Math.max(10 * short, 50));
  });

  it('does not add up every account number that could begin in a list of codes', () => {
    const { long } = fastest('', 'DE89 '.repeat(6500));
    const { long: bare } = fastest('', 'de89 '.repeat(6500));
    expect(long).toBeLessThan(bare + 30);
  });

  it('does not give out on four times the longest text that the service takes', () => {
    for (const unit of ['a', 'f0', '-', 'password=', '-----BEGIN PRIVATE KEY-----\n', 'a.']) {
      const text = unit.repeat(2_000_000 / unit.length);
      expect(redactPersonalData(text).length).toBeLessThanOrEqual(text.length);
    }
  });
});
