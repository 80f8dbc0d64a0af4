import { describe, expect, it } from 'vitest';
import { divergence } from './comparing.ts';

const english = (what: string): string => `The value of it is ${what} by now, says the report.`;

const notesOf = async (first: string, second: string): Promise<readonly string[]> => {
  const { notes } = await divergence(first, second);
  expect((await divergence(second, first)).notes).toEqual(notes);
  return notes;
};

describe('a number between the same words', () => {
  it.each([
    ['-5', '5'],
    ['−5 °C', '5 °C'],
    ['–5,0', '5,0'],
    ['-$5.00', '$5.00'],
    ['-€1,500', '€1,500'],
    ['€ -1.500', '€ 1.500'],
    ['-10 000 zł', '10 000 zł'],
    ['{"balance": -5}', '{"balance": 5}'],
    ['{"balance":-5}', '{"balance":5}'],
    ['"-5"', '"5"'],
    ['**-5**', '**5**'],
    ['<td>-5</td>', '<td>5</td>'],
    ['-1e6', '1e6'],
    ['-٥', '٥'],
    ['-５', '５'],
  ])('has another sign: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual(['numbers']);
  });

  it.each([
    ['-5', '5'],
    ['今日の気温は-5度です。', '今日の気温は5度です。'],
    ['现在的温度是：−5°C。', '现在的温度是：5°C。'],
    ['היתרה \u200e-500 ש"ח', 'היתרה 500 ש"ח'],
    ['היתרה \u200f-500 ש"ח', 'היתרה \u200f500 ש"ח'],
    ['الرصيد \u061c-٥٠٠ ريال', 'الرصيد ٥٠٠ ريال'],
    ['مانده \u200e\u2212۵۰۰ تومان', 'مانده ۵۰۰ تومان'],
    ['היתרה \u2068-500\u2069 ש"ח', 'היתרה \u2068500\u2069 ש"ח'],
    ['الرصيد \u061c-\u200f٥٠٠ ريال', 'الرصيد \u200f٥٠٠ ريال'],
    ['מעל \u200f\u200e-500.00 \u200f$', 'מעל \u200f500.00 \u200f$'],
    ['مانده \u200e−\u200e$۵۰۰٫۰۰', 'مانده \u200e$۵۰۰٫۰۰'],
  ])('has another sign as a whole reply: %s, %s', async (first, second) => {
    expect(await notesOf(first, second)).toEqual(['numbers']);
  });

  it.each([
    ['-5 °C', '−5 °C'],
    ['-5 °C', '–5 °C'],
    ['-5 °C', '− 5 °C'],
    ['-5 °C', 'minus 5 °C'],
    ['-$5', '$-5'],
    ['-$5', '-5 $'],
    ['-5.00', '(5.00)'],
    ['-5,00', '5,00-'],
    ['-5', '▲5'],
    ['±5', '+/-5'],
    ['+5', '5'],
    ['9-17', '9 - 17'],
    ['9-17', '9 –17'],
    ['9am -5pm', '9am - 5pm'],
    ['COVID-19', 'COVID 19'],
    ['UTC-5', 'UTC -5'],
    ['low —5 EUR in all— and', 'low, 5 EUR in all, and'],
    ['item A-5', 'item A5'],
    ['ב\u200f-5 במאי', 'ב5 במאי'],
    ['\u200e-500', '-500'],
    ['2024-05-03', '2024/05/03'],
  ])('has the same sign in another notation: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual([]);
  });

  it('has no sign of a list', async () => {
    const dashed = 'You need:\n-5 apples\n-3 pears';
    expect(await notesOf(dashed, 'You need:\n5 apples\n3 pears')).toEqual([]);
    expect(await notesOf(dashed, 'You need:\n- 5 apples\n- 3 pears')).toEqual([]);
    expect(await notesOf('- 5 apples', '5 apples')).toEqual([]);
  });
});

describe('a number', () => {
  it.each([
    ['€500', '$500'],
    ['500 €', '500 £'],
    ['€ 500', '₹ 500'],
    ['฿500', '$500'],
    ['৳ ৫০০', '₹ ৫০০'],
    ['500 EUR', '500 USD'],
    ['EUR 500', 'CHF 500'],
    ['1.500,00 EUR', '1.500,00 USD'],
    ['5 km', '5 mi'],
    ['5 mg', '5 µg'],
    ['500 MB', '500 GB'],
    ['20 °C', '20 °F'],
    ['5 AM', '5 PM'],
    ['10:30am', '10:30pm'],
    ['10:30 a.m.', '10:30 p.m.'],
    ['10:30 AM', '10:30 p.m.'],
    ['9:00 AM', '9 PM'],
    ['9:00 a.m.', '9:00 p.m.'],
    ['9 to 5 kW', '9 to 5 kWh'],
    ['12 oz', '12 ml'],
    ['5 mg', '5 g'],
    ['5mg', '5g'],
    ['2 l', '2 ml'],
    ['5 m', '5 cm'],
    ['250 ms', '250 s'],
    ['30 min', '30 h'],
    ['1:30 min', '1:30 h'],
    ['1:30 h', '1 min 30 s'],
    ['2:30:15 h', '2:30:15 min'],
    ['$2/kg', '$2/lb'],
    ['€2/l', '€2/kg'],
    ['200 ℃', '200 ℉'],
    ['200 ℃', '200 °F'],
  ])('is told in another currency or unit: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual(['numbers']);
  });

  it.each([
    ['€500', '500 €'],
    ['€500', '500 EUR'],
    ['€500', '500 euros'],
    ['$500', 'US$500'],
    ['￥500', '¥500'],
    ['500 EUR', 'EUR 500'],
    ['500 EUR', '500 EUR (540 USD)'],
    ['€500 ($540)', '€500'],
    ['€500 or $540', '500 € or 540 $'],
    ['5 km', '5 kilometers'],
    ['5 km', '5 km (3 mi)'],
    ['5 lb', '5 lbs'],
    ['25℃', '25 °C'],
    ['30 s', '30 sec'],
    ['2 h', '2 hours'],
    ['14h', '14:00'],
    ['10 m', '10 min'],
    ['2 L', '2 l'],
    ['10:30 AM', '10:30 a.m.'],
    ['10 to 11 PM', '10 PM to 11 PM'],
    ['12:00 GMT', '12:00 UTC'],
    ['$5M', '$5MM'],
    ['1:30 h', '1 h 30 min'],
    ['21:30 h', '21 h 30 min'],
    ['4:30 min', '4 min 30 s'],
    ['2:30:15 h', '2 h 30 min 15 s'],
    ['8:30-9:45 h', '8 h 30 min - 9 h 45 min'],
    ['€5 m', '€5 mm'],
    ['3 all in all', '3 try it out'],
    ['5 easy steps', '5 simple steps'],
    ['from 10 GB on until 6 pm', '10 am to 6 pm, all GB'],
    ['5 pm', '5 GB'],
    ['open from 9:00 AM', 'open from 9 AM to 5:00 PM'],
    ['open from 9:00 AM', 'from 9 AM, closed at 5:00 PM'],
    ['Top 5 reasons', 'All 5 reasons'],
    ['step 2: Try it', 'step 2: All set'],
    ['from Bob 5 times', 'from Ron 5 times'],
  ])('is told in the same currency or unit: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual([]);
  });
});

describe('a phone', () => {
  it.each([
    ['800 555 0199', '+1 800 555 0199'],
    ['800-555-0199', '+1 800 555 0199'],
    ['0800 123 456', '+49 800 123 456'],
    ['0412 345 678', '+61 412 345 678'],
    ['912 345 678', '+34 912 345 678'],
    ['600 123 456', '0048 600 123 456'],
    ['800 555 35 35', '+7 800 555-35-35'],
    ['+91 98765 43210', '+91-9876543210'],
    ['+49 30 123 45 67', '+49 30 1234567'],
    ['+49 30 123 456 78', '+49 30 12345678'],
    ['030 123 45 67', '030/1234567'],
  ])('is the same with the code of its country: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual([]);
  });

  it.each([
    ['912 345 678', '+34 912 345 679'],
    ['800 555 0199', '+1 800 555 0198'],
    ['912 345 678', '912 345 679'],
    ['+91 98765 43210', '+91-9876543211'],
    ['1/12/2024', '11/2/2024'],
    ['2024-1-12', '2024-11-2'],
    ['+49 30 123 45 67', '+49 30 1234568'],
    ['1 000 000 000', '1 000 000'],
    ['+10 000', '+10'],
    ['03.05.2024 10:00', '05.03.2024 10:00'],
    ['10 000-20 000', '10 000-30 000'],
  ])('is another one, as an amount or a day: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toContain('numbers');
  });
});

describe('a date', () => {
  it.each([
    ['03.05.2024', '3. Mai 2024'],
    ['03.05.2024', 'May 3, 2024'],
    ['03.05.2024', '2024-05-03'],
    ['03.05.2024 - 10.05.2024', '3 to 10 May 2024'],
  ])('is the same with its month as a word: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual([]);
  });

  it.each([
    ['03.05.2024', '4. Mai 2024'],
    ['03.05.2024', '3. Mai 2025'],
    ['03.05.2024', '2024-06-03'],
    ['03.05.2024', '03.06.2024'],
    ['1.2.3', '1.3.3'],
    ['10.0.0.1 of 10, 0 free', '10.0.0.2 of 10, 0 free'],
  ])('is another one: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual(['numbers']);
  });
});

describe('a time', () => {
  it.each([
    ['14:30', '14.30'],
    ['09:05', '9.05'],
    ['14:30 Uhr', '14.30 Uhr'],
    ['14:30-16:00', '14.30–16.00'],
    ['2:50 pm', '2.50pm'],
  ])('is the same with a point: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual([]);
    expect(await notesOf(first, second)).toEqual([]);
  });

  it.each([
    ['14:30', '14.45'],
    ['14:30', '15.30'],
    ['14:30', '14:45'],
    ['14:30-16:00', '14.30–16.30'],
    ['1:300', '1.3'],
  ])('is another one: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual(['numbers']);
  });
});

describe('a number in the digits of another script', () => {
  it.each([
    ['合計は１，２３４円です。', '合計は1,234円です。'],
    ['重さは１．５キロです。', '重さは1.5キロです。'],
    ['စုစုပေါင်း ၁၂၃ ကျပ်', 'စုစုပေါင်း 123 ကျပ်'],
    ['សរុប ១២៣ រៀល', 'សរុប 123 រៀល'],
    ['ລາຄາລວມ ໑໒໓ ກີບ', 'ລາຄາລວມ 123 ກີບ'],
    ['மொத்தம் ௧௨௩ ரூபாய்', 'மொத்தம் 123 ரூபாய்'],
    ['એકંદર ૧૨૩ રૂપિયા', 'એકંદર 123 રૂપિયા'],
    ['ਕੁੱਲ ੧੨੩ ਰੁਪਏ', 'ਕੁੱਲ 123 ਰੁਪਏ'],
    ['答えは３．', '答えは3.'],
    ['３，５番です。', '3、5番です。'],
  ])('is the same: %s, %s', async (first, second) => {
    expect(await notesOf(first, second)).toEqual([]);
  });

  it.each([
    ['合計は１，２３４円です。', '合計は１，２４３円です。'],
    ['重さは１．５キロです。', '重さは１５キロです。'],
    ['စုစုပေါင်း ၁၂၃ ကျပ်', 'စုစုပေါင်း ၁၂၄ ကျပ်'],
    ['សរុប ១២៣ រៀល', 'សរុប ១២៤ រៀល'],
    ['ລາຄາລວມ ໑໒໓ ກີບ', 'ລາຄາລວມ ໑໒໔ ກີບ'],
    ['மொத்தம் ௧௨௩ ரூபாய்', 'மொத்தம் ௧௨௪ ரூபாய்'],
    ['એકંદર ૧૨૩ રૂપિયા', 'એકંદર ૧૨૪ રૂપિયા'],
    ['మొత్తం ౧౨౩ రూపాయలు', 'మొత్తం ౧౨౪ రూపాయలు'],
  ])('is another one: %s, %s', async (first, second) => {
    expect(await notesOf(first, second)).toEqual(['numbers']);
  });
});

describe('a number that begins with its point', () => {
  it.each([
    ['.5 mg', '0.5 mg'],
    ['.50 mg', '0.5mg'],
    ['$.25', '$0.25'],
    ['-.5', '-0.5'],
    ['(.5)', '(0.5)'],
    ['.5e-3', '0.5e-3'],
    ['.5e-3', '5e-4'],
    ['-.25e6', '-250,000'],
    ['v.5', 'v5'],
    ['a .7z file', 'a 7z file'],
    ['about ...5', 'about 5'],
  ])('is the same with a nought before it: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual([]);
    expect(await notesOf(first, second)).toEqual([]);
  });

  it.each([
    ['.5 mg', '5 mg'],
    ['$.25', '$25'],
    ['-.5', '.5'],
    ['.5', '.6'],
  ])('is another one: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual(['numbers']);
    expect(await notesOf(first, second)).toEqual(['numbers']);
  });
});

describe('a list of numbers', () => {
  it.each([
    ['[3,5]', '[3, 5]'],
    ['[100,200,300]', '[100, 200, 300]'],
    ['[48.8566,2.3522]', '[48.8566, 2.3522]'],
    ['{"at":[1.5,2.5,3.25]}', '{"at": [\n 1.5,\n 2.5,\n 3.25\n]}'],
    ['range(0,10)', 'range(0, 10)'],
    ['f(x,3,5)', 'f(x, 3, 5)'],
  ])('is the same with blanks in it: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual([]);
  });

  it.each([
    ['[3,5]', '[3, 6]'],
    ['[3,5]', '[35]'],
    ['3,5 kg', '3 to 5 kg'],
    ['(1,250)', '(9,250)'],
  ])('is another one: %s, %s', async (first, second) => {
    expect(await notesOf(english(first), english(second))).toEqual(['numbers']);
  });
});

it('A heading of HTML is no number', async () => {
  const heading = (tag: string) => `<${tag}>How it is</${tag}>\n${english('5')}`;
  expect(await notesOf(heading('h2'), heading('h3'))).toEqual([]);
});
