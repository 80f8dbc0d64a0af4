import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactPersonalData } from '../../src/core/redact.ts';
import { safeText } from '../../src/core/text.ts';

// Put together here, so that no scanner takes this file for one that leaks.
const glued = (...parts: string[]): string => parts.join('');
const hex = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const random = 'q7Zk2Lw9Xc4Vb8Nm1Rt6Yp3Hs5Jd0Gf-aQ_eUiOoT2w';
const jwt = glued(
  'eyJhbGciOiJIUzI1NiJ9.',
  'eyJzdWIiOiIxMjM0In0.',
  'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1g',
);
const pem = (kind: string): string =>
  `-----BEGIN ${kind}PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7\n-----END ${kind}PRIVATE KEY-----`;

const hits: readonly (readonly [text: string, redacted: string])[] = [
  ['Write to jane.doe@example.com today', 'Write to [email] today'],
  ['<a+b@mail.example.co.uk>, please', '<[email]>, please'],
  ['我的邮箱是li@example.cn吗', '我的邮箱是[email]吗'],
  ['müller@straße-und-übung.de', '[email]'],
  ['mailto:x@y.museum?subject=hi', 'mailto:[email]?subject=hi'],
  ["o'neil@example.org and b_c@d-e.io.", '[email] and [email].'],
  ['Call +49 30 1234567 now', 'Call [phone] now'],
  ['+1 (415) 555-2671', '[phone]'],
  ['Tel:+4915112345678', 'Tel:[phone]'],
  ['Anna,+44 20 7946 0958,Berlin', 'Anna,[phone],Berlin'],
  ['(415) 555-2671', '[phone]'],
  ['415-555-2671 or 415.555.2671', '[phone] or [phone]'],
  ['1-800-555-0199', '1-800-555-0199'.replace(/.*/, '[phone]')],
  ['0049 1512 3456789', '[phone]'],
  ['06 12 34 56 78', '[phone]'],
  ['(030) 1234567', '[phone]'],
  ['0171 2345678 203.0.113.7', '[phone] [ip]'],
  [`${random}_and_a_long_name_behind_it_in_words`, '[secret]'],
  ['0171/2345678', '[phone]'],
  ['+33 (0)6 12 34 56 78.', '[phone].'],
  ['电话13812345678，谢谢', '电话[phone]，谢谢'],
  ['138 1234 5678', '[phone]'],
  ['Card 4111 1111 1111 1111, thanks', 'Card [card], thanks'],
  ['4111-1111-1111-1111 12/27 123', '[card] 12/27 123'],
  ['5500005555555559', '[card]'],
  ['3782 822463 10005', '[card]'],
  ['1,4242424242424242,x', '1,[card],x'],
  ['IBAN DE89 3704 0044 0532 0130 00.', 'IBAN [iban].'],
  ['GB29NWBK60161331926819', '[iban]'],
  ['BE68 5390 0754 7034 BANK', '[iban] BANK'],
  ['from 203.0.113.7:443', 'from [ip]:443'],
  ['192.168.10.4/24', '[ip]/24'],
  ['at 2001:db8:85a3::8a2e:370:7334.', 'at [ip].'],
  ['fe80::1ff:fe23:4567:890a', '[ip]'],
  [glued('sk-', 'proj-abc123DEF456ghi789'), '[secret]'],
  [glued('sk-', 'abcdefghijklmnopqrstuvwx'), '[secret]'],
  [`Authorization: Bearer ${random}`, 'Authorization: Bearer [secret]'],
  ['authorization: bearer my-own-token', 'authorization: bearer [secret]'],
  ['"Authorization": "Basic dXNlcjpwYXNz"', '"Authorization": "Basic [secret]"'],
  [jwt, '[secret]'],
  [`?id=7&jwt=${jwt}`, '?id=7&jwt=[secret]'],
  [glued('AKIA', 'IOSFODNN7EXAMPLE'), '[secret]'],
  [glued('ghp_', '16C7e42F292c6912E7710c838347Ae178B4a'), '[secret]'],
  [glued('github_pat_', '11ABCDEFG0abcdefghij_klmnop'), '[secret]'],
  [glued('xoxb-', '123456789012-abcdefghij'), '[secret]'],
  [glued('engramia_sk_', 'live-abcdef'), '[secret]'],
  [glued('npm_', 'a1b2c3d4e5f6g7h8i9j0'), '[secret]'],
  ['password=hunter2', 'password=[secret]'],
  ['password=letmein', 'password=[secret]'],
  ['Password: Tr0ub4dor&3 ok', 'Password: [secret] ok'],
  ['password=MyPassword1!', 'password=[secret]'],
  ['DB_PASSWORD="correcthorse"', 'DB_PASSWORD="[secret]"'],
  ["{ apiKey: 'abcd1234' }", "{ apiKey: '[secret]' }"],
  ['api_key: a1b2c3d4', 'api_key: [secret]'],
  ['"client_secret":"xyzzy42"', '"client_secret":"[secret]"'],
  ['Server=db;Password=s3cr=t;Pooling=on', 'Server=db;Password=[secret];Pooling=on'],
  ['postgres://app:pa55@db.example.com/x', 'postgres://app:[secret]@db.example.com/x'],
  [`key:\n${pem('')}\nend`, 'key:\n[secret]\nend'],
  [pem('RSA '), '[secret]'],
  [`sha256 ${hex}`, 'sha256 [secret]'],
  ['0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae', '[secret]'],
  [`state ${random} ends`, 'state [secret] ends'],
  ['key wJalrXUtnFEMI/K7MDENG/bPxRfiCYz9k3Lq+8Rt', 'key [secret]'],
];

const harmless: readonly string[] = [
  'Build a CSV parser that reads 1,000,000 rows in 2.5 seconds.',
  'The meeting is on 2026-11-22 at 10:30, or on 22.11.2026 at 09:15.',
  'Due 01/02/2026 10:30, begun 2024/01/15 10:45:00.',
  'It costs $1,299.99, EUR 12.500,00 or 3 000 000 yen.',
  'Version 1.2.3.4 replaces v10.0.19041.1 and 2.0.0-rc.1.',
  'See chapter 1.2.3.4 and section 3.10.2.',
  'npm install lodash@4.17.21 express@5.3.0 @types/node@24',
  'Basic information about bearer authentication and basic understanding',
  'Enter your password: at least 8 characters.',
  'The password: please keep it to yourself.',
  'A token is not a secret: it is public.',
  'interface Login { user: string; password: string; token?: string }',
  'const token = await getToken(request);',
  'login(user, password=password, api_key=api_key)',
  'const key = { apiKey: process.env.OPENAI_API_KEY };',
  'password = request.body.password',
  'const secret = sha256(input); const token = tokens[0];',
  "if (token === 'x1y2z3') return;",
  glued('headers: { Authorization: `Bearer $', '{token}` }'),
  'max_tokens: 4096, token: 1234',
  'std::vector<int> a; ::add(1); x[1::2]; List[10::20]',
  'app.listen(3000, "127.0.0.1")',
  'createCutoverHandlerForTenantsOfEveryStageWithShadowMirroring2',
  'getTheMapOfAllTheIdsInTheOldDbToTheNewOneV2',
  'test_that_Something_works_with_2_items_in_a_very_long_list_of_names',
  'src/router/adapters/express/BodyReaders2/and/some/longer/path/to/a/File.ts',
  'npm_config_registry npm_package_version_and_more',
  'id 550e8400-e29b-41d4-a716-446655440000 was not found',
  '1732250000123 ms, 1732250000 s, 0.123456789, 1e10, 4294967296',
  "const digits = '0123456789';",
  'rows 10 20 30 40 50 60 70 80 90 100',
  'Order 12345, 17 items, 4 of 5, 99.9 %, 16:9, 3x3',
  '你好，请帮我写一个解析器。价格是100元，2026年11月22日。',
  'CSVパーサーを作ってください。',
  '한국어로 대답해 주세요.',
  'Größe: 15 cm, Äpfel für 3,50 €',
  '@Injectable() class A { @Input() b = 1; }',
  'a@b and user@localhost and @mention',
  'SELECT * FROM t WHERE id = 42 AND name LIKE "%x%"',
  'rgb(255, 200, 100) #ff8800 0xdeadbeef',
  'for (let i = 0; i < 1000000; i += 1) sum += i;',
  'const re = /^[A-Z]{2}[0-9]{2}$/;',
  'DE89 is not enough for an account, nor is GB29 NWBK.',
  '4111 1111 1111 1112 fails the check',
  'ISBN 978-3-16-148410-0',
  'It grew by +10 000 000 to +25.3 %.',
  '.',
  '',
];

const anyText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...hits.map(([text]) => text)) },
      { weight: 1, arbitrary: fc.constantFrom(...harmless) },
      fc.constantFrom(
        ' ',
        '',
        '\n',
        '=',
        ':',
        '"',
        "'",
        '@',
        '.',
        '-',
        '--',
        '+',
        '(',
        ')',
        '[',
        ']',
        '/',
        '_',
      ),
      fc.constantFrom(
        'password',
        'token=',
        'Bearer ',
        '://',
        'eyJ',
        'sk-',
        '00',
        '0',
        '+1',
        '::',
        'a',
        'F',
        '[secret]',
      ),
      fc.string({ maxLength: 8 }),
      fc.stringMatching(/^[0-9 ().-]{1,20}$/),
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''));

describe('redactPersonalData', () => {
  it.each(hits)('takes the secret out of %j', (text, redacted) => {
    expect(redactPersonalData(text)).toBe(redacted);
  });

  it.each(hits)('takes it out in the middle of prose: %j', (text, redacted) => {
    expect(redactPersonalData(`So: ${text} and more`)).toBe(`So: ${redacted} and more`);
  });

  it.each(harmless)('leaves %j as it is', (text) => {
    expect(redactPersonalData(text)).toBe(text);
  });

  it('finds a key that was cut off', () => {
    const line = `${hex.slice(0, 20)}Qz/Kd8+Lm${'Ab3/Xy7+'.repeat(4)}`;
    const cut = `-----BEGIN PRIVATE KEY-----\n${line}\n${line}`;
    expect(redactPersonalData(cut)).toBe('-----BEGIN PRIVATE KEY-----\n[secret]\n[secret]');
  });

  it('changes nothing when applied again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = redactPersonalData(text);
        expect(redactPersonalData(once)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    `a@b.de${pem('')}`,
    `415-555-2671.${hex}`,
    `fe80::1ff:7334.${hex}`,
    'at fe80::7334.BE68 5390 0754 7034 BANK',
    `1.3.6.44.${hex}`,
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYz9k3Lq+8RtGB29NWBK60161331926819+GB29NWBK60161331926819',
    `${random}_with_many_words_in_a_very_long_list_of_names${pem('RSA ')}`,
    '+49 30 123456 000@example.com',
    `a@b.${'é'.repeat(30)}00491511234567`,
  ])('makes no room for another find beside one: %j', (text) => {
    const once = redactPersonalData(text);
    expect(once).not.toBe(text);
    expect(redactPersonalData(once)).toBe(once);
  });

  it('leaves well-formed text well-formed, and safe text within a placeholder of its limits', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const safe = safeText(text, 200);
        expect(redactPersonalData(safe).isWellFormed()).toBe(true);
      }),
    );
  });
});

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
    'jane@example.com ',
    'AKIAIOSFODNN7EXAMPLE/',
    'AKIAIOSFODNN7EXAMPLE-',
    'sk-aaaaaaaaaaa1.',
    'a1a1@b.cd/',
    'a:1.2.3.44/',
    '+49 30 1234567 ',
    'password=hunter2 ',
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
