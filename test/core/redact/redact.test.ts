import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactPersonalData } from '../../../src/core/redact/redact.ts';
import { safeText } from '../../../src/core/text/text.ts';
import { glued, hex, hits, pem, random } from './redact-cases.ts';

const harmless: readonly string[] = [
  'Build a CSV parser that reads 1,000,000 rows in 2.5 seconds.',
  'The meeting is on 2026-11-22 at 10:30, or on 22.11.2026 at 09:15.',
  'Due 01/02/2026 10:30, begun 2024/01/15 10:45:00.',
  'It costs $1,299.99, EUR 12.500,00 or 3 000 000 yen.',
  'Version 1.2.3.4 replaces v10.0.19041.1 and 2.0.0-rc.1.',
  'See chapter 1.2.3.4 and section 3.10.2.',
  'npm install lodash@4.17.21 express@5.3.0 @types/node@24',
  'Basic information about bearer authentication and basic understanding',
  'Write a basic JavaScript event emitter, then a basic PowerShell one',
  'a basic HTML5/CSS3 page, basic PostgreSQL, a bearer OAuth2.0 flow, use Bearer JsonWebToken',
  'const password: string = await readPassword(); let token: string = value;',
  'func f(password string) { token := next() }',
  'Enter your password: at least 8 characters.',
  'The password: please keep it to yourself.',
  'A token is not a secret: it is public.',
  'interface Login { user: string; password: string; token?: string }',
  'const token = await getToken(request);',
  '{"password": "required if there is a token", "secret": "string of hex"}',
  'login(user, password=password, api_key=api_key)',
  'const key = { apiKey: process.env.OPENAI_API_KEY };',
  'password = request.body.password',
  'const secret = sha256(input); const token = tokens[0];',
  "if (token === 'x1y2z3') return;",
  glued('headers: { Authorization: `Bearer $', '{token}` }'),
  'Say --password and --token only where the --secret option is, or --password -h db.',
  '<input><password>{value}</password><token>string</token>',
  'docker run -u 1000:1000 app, git push -u origin:main, ?sig=short',
  'Das Passwort: bitte geheim halten. 密码：请保密。',
  'max_tokens: 4096, token: 1234',
  '{"schema":"{\\"token\\":\\"string\\",\\"password\\":\\"required\\"}"}',
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
  'listen on 0.0.0.0, ask 255.255.255.255',
  'about 13812345000 rows',
  'rows 10 20 30 40 50 60 70 80 90 100',
  'Order 12345, 17 items, 4 of 5, 99.9 %, 16:9, 3x3',
  '你好，请帮我写一个解析器。价格是100元，2026年11月22日。',
  'C:\\new\\temp\\reports\\u0031 and \\d{4}-\\d{2}',
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
  'Il y en a +10\u202f000\u202f000, le 05\u201111\u20112026, et +2026\u201111\u201122.',
  'It costs 3\u202f000\u202f000 yen, or 12\u00a0345\u00a0678.',
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
        '\\n',
        '\\u00e9',
        '\u2011',
        '\u202f',
        '\\',
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

  it('finds a random string of 32 characters wherever it begins, and none of 31', () => {
    const run = '0123456789abcdef'.repeat(2);
    for (let before = 0; before < 70; before += 1) {
      const prose = 'so it goes on '.repeat(5).slice(0, before);
      const lead = prose.endsWith(' ') || prose === '' ? prose : `${prose} `;
      expect(redactPersonalData(`${lead}${run} end`)).toBe(`${lead}[secret] end`);
      expect(redactPersonalData(`${lead}${run.slice(1)} end`)).toBe(`${lead}${run.slice(1)} end`);
    }
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
    "api_key: a1b2c3d4password = 'hunter two'",
    `Basic dXNlcjpwYXNzMQ${pem('')}`,
    'Basic dXNlcjpwYXNzMQ/+33 (0)6 12 34 56 78.',
    '2001:db8::1192.168.10.4/24getTheMapOfAllTheIdsInTheOldDbToTheNewOneV2',
    `1.3.6.44.${hex}`,
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYz9k3Lq+8RtGB29NWBK60161331926819+GB29NWBK60161331926819',
    `${random}_with_many_words_in_a_very_long_list_of_names${pem('RSA ')}`,
    '+49 30 123456 000@example.com',
    `004111\u20111111\u20111111\u20111111${random}`,
    `4111 1111 1111 1111\u20112${hex}`,
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
