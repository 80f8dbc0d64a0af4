import { describe, expect, it } from 'vitest';
import { compared, divergence, layerOf } from './comparing.ts';

describe('the comparison', () => {
  it('says same of equal texts, and spends no time on layers that read them', async () => {
    const found = await divergence('The answer is 42.', 'The answer is 42.');
    expect(found).toMatchObject({ verdict: 'same', decidedBy: 'exact', notes: [] });
    const asked = found.layers.filter(({ ms }) => ms > 0).map(({ layer }) => layer);
    expect(['duration', 'exact', 'tools']).toEqual(expect.arrayContaining(asked));
    expect(found.layers).toHaveLength(8);
  });

  it('asks its layers from the cheapest on, each with its cost', async () => {
    const found = await divergence('The sky is blue today.', 'The sky is grey today.');
    const names = found.layers.map(({ layer }) => layer);
    expect(names).toEqual([
      'duration',
      'exact',
      'tools',
      'length',
      'refusal',
      'language',
      'entities',
      'lexical',
    ]);
    expect(found.layers.every(({ ms }) => ms >= 0)).toBe(true);
    expect(found.ms).toBeCloseTo(found.layers.reduce((sum, { ms }) => sum + ms, 0));
  });

  it.each([
    ['composed and decomposed letters', 'caf\u00e9 au lait', 'cafe\u0301 au lait'],
    ['a grave and the mark of one', 'tr\u00e8s', 'tre\u0300s'],
    ['amounts of white space', ' one  two\n\nthree ', 'one two three'],
  ])('makes no difference between %s', async (_, legacy, candidate) => {
    expect((await divergence(legacy, candidate)).verdict).toBe('same');
  });

  it('tells white space from none', async () => {
    expect((await divergence('a b', 'ab')).verdict).not.toBe('same');
    expect((await divergence('ab', 'a b')).verdict).not.toBe('same');
  });

  it.each([
    ['Python', 'for x in xs:\n    add(x)\n    print(x)', 'for x in xs:\n    add(x)\nprint(x)'],
    ['YAML', 'a:\n  b: 1\n  c: 2', 'a:\n  b: 1\nc: 2'],
    ['a list of lists', '- a\n  - b\n- c', '- a\n  - b\n  - c'],
    ['a block of code', '```py\nif x:\n\ta()\nb()\n```', '```py\nif x:\n\ta()\n\tb()\n```'],
  ])('tells apart how the lines of %s are indented', async (_, legacy, candidate) => {
    for (const options of [{}, { ignoreCase: true }]) {
      const found = await divergence(legacy, candidate, options);
      expect(found).toMatchObject({ verdict: 'similar', decidedBy: 'lexical' });
    }
  });

  it.each([
    ['in four columns', 'if x:\n  a()\n  if y:\n    b()', 'if x:\n    a()\n    if y:\n        b()'],
    ['by tabs', 'if x:\n  a()\nb()', 'if x:\n\ta()\nb()'],
    ['altogether', 'if x:\n  a()\nb()', '  if x:\n    a()\n  b()\n'],
    ['behind other ends of lines', 'if x:\n  a()\nb()', 'if x: \r\n  a()\r\n\r\nb()\r\n'],
    ['and broken elsewhere', 'one two\nthree\n\nfour', 'one\ntwo three four'],
  ])('makes no difference of lines that are indented %s', async (_, legacy, candidate) => {
    expect((await divergence(legacy, candidate)).verdict).toBe('same');
  });

  it('lets case make a difference unless it is to be ignored', async () => {
    expect((await divergence('Yes, Sir', 'yes, sir')).verdict).toBe('similar');
    expect((await divergence('Yes, Sir', 'yes, sir', { ignoreCase: true })).verdict).toBe('same');
  });

  it('knows a short answer in a long one', async () => {
    const found = await divergence('42', 'After some thought, the answer to that is 42.');
    expect(found).toMatchObject({ verdict: 'similar', decidedBy: 'lexical' });
    expect((await divergence('Yes', 'No')).verdict).toBe('different');
  });

  it('knows one of eight words in a long one, and holds one of nine against the whole of it', async () => {
    const words = (count: number) =>
      Array.from({ length: count }, (_, n) => `x${String.fromCharCode(97 + n)}`).join(' ');
    const similarity = async (count: number) =>
      layerOf(await divergence(words(count), words(26)), 'lexical')?.metrics?.similarity;
    expect(await similarity(8)).toBe(1);
    expect(await similarity(9)).toBeLessThan(0.5);
  });

  it('reads Chinese by neighbouring characters', async () => {
    const found = await divergence('我们明天上午在北京开会。', '明天上午我们在北京开会。');
    expect(found.verdict).toBe('similar');
    expect(layerOf(found, 'lexical')?.metrics?.jaccard).toBeGreaterThan(0.5);
    expect((await divergence('我们明天上午在北京开会。', '请把发票寄给财务部门。')).verdict).toBe(
      'different',
    );
  });

  it('takes out what the app says changes from run to run', async () => {
    const at = (time: string, id: string) =>
      `Done at ${time}, see https://x.example/${id} (${id}).`;
    const legacy = at('2026-11-22T08:09:30Z', '1b4e28ba-2fa1-4d2e-883f-0016d3cca427');
    const candidate = at('2026-11-23T10:00:00Z', '6fa459ea-ee8a-4ca4-894e-db77e160355e');
    expect((await divergence(legacy, candidate)).verdict).toBe('different');
    const ignore = ['timestamps', 'ids', 'urls'] as const;
    expect((await divergence(legacy, candidate, { ignore })).verdict).toBe('same');
    const [first, second] = ['run 17 went well', 'run 18 went well'];
    expect((await divergence(first, second, { ignore: /run \d+/ })).verdict).toBe('same');
    const cut = (text: string) => text.slice('run 17'.length);
    expect((await divergence(first, second, { ignore: cut })).verdict).toBe('same');
  });

  it('takes no word that is joined by a hyphen for an id', async () => {
    const [first, second] = [
      'Its rules are non-discriminatory.',
      'Its rules are anti-discriminatory.',
    ];
    const { verdict, layers } = await divergence(first, second, { ignore: 'ids' });
    expect(verdict).not.toBe('same');
    expect(layers.find(({ layer }) => layer === 'exact')?.say).toBe('different');
    const runs = ['See run_abcdefghijkl1mnop.', 'See run_qrstuvwxyzabC.'] as const;
    expect((await divergence(...runs, { ignore: 'ids' })).verdict).toBe('same');
  });

  it.each(['€', '₹', '₽', '₩', '₺', '₴', '₿', '￥', '£', '$', '№', '৳', '؋'])(
    'reads the number behind %s',
    async (sign) => {
      const says = (price: string) => `The price of it is ${price} and it is due on Monday.`;
      const other = await divergence(says(`${sign}1,500`), says(`${sign}1,700`));
      expect(other).toMatchObject({ verdict: 'different', notes: ['numbers'] });
      const behind = await divergence(says(`${sign}1,500`), says(`1500 ${sign}`));
      expect(behind).toMatchObject({ verdict: 'similar', notes: [] });
    },
  );

  it.each([
    ['rgb(100 200 250)', 'rgb(100, 200, 250)'],
    ['+48 501 234 567', '+48-501-234-567'],
    ['10 000 zł', '10000 zł'],
    ['IBAN DE89 3704 0044 0532 0130 00', 'IBAN DE89370400440532013000'],
    ['call +49 30 123456', 'call +4930123456'],
    ['call +1 (555) 010-9999', 'call +15550109999'],
    ['card 4111-1111-1111-1111', 'card 4111 1111 1111 1111'],
    ['card 4111-1111-1111-1111', 'card 4111111111111111'],
    ['1.5e6 cells', '1,500,000 cells'],
    ['due on 03.05.2024', 'due on 3.5.2024'],
    ['due on 03.05.2024', 'due on 3. 5. 2024'],
    ['due on 2024-05-03', 'due on 03.05.2024'],
    ['pages 1,2,3', 'pages 1, 2 and 3'],
  ])('takes %s for %s, whatever the marks between its digits', async (first, second) => {
    const says = (what: string) => `What you have asked for is ${what} as of now.`;
    expect((await divergence(says(first), says(second))).notes).toEqual([]);
    expect((await divergence(says(second), says(first))).notes).toEqual([]);
  });

  it.each([
    ['order ORD12345', 'order ORD12346'],
    ['gate A12', 'gate A14'],
    ['an MP3', 'an MP4'],
    ['ann42@shop.example', 'ann43@shop.example'],
    ['version v1.2.3', 'version v1.3.3'],
    ['at 192.168.1.1', 'at 192.168.1.2'],
    ['IBAN DE89 3704 0044 0532 0130 00', 'IBAN DE89370400440532013001'],
    ['call +49 30 123456', 'call +4930123457'],
    ['12 34', '1234'],
    ['due on 03.05.2024', 'due on 04.05.2024'],
    ['due on 2024-05-03', 'due on 03.06.2024'],
    ['заказ АБ12345', 'заказ АБ12346'],
  ])('tells %s from %s', async (first, second) => {
    const says = (what: string) => `What you have asked for is ${what} as of now.`;
    const found = await divergence(says(first), says(second));
    expect(found).toMatchObject({ verdict: 'different', notes: ['numbers'] });
  });

  it.each([
    ['COVID19', 'COVID-19'],
    ['sha256', 'SHA-256'],
    ['ORD 12345', 'ORD12345'],
    ['run x8f3a9c', 'run q71bb4d'],
  ])('takes %s for no other number than %s', async (first, second) => {
    const says = (what: string) => `What you have asked for is ${what} as of now.`;
    expect((await divergence(says(first), says(second))).notes).toEqual([]);
  });

  it.each([
    ['42.', '43.'],
    ['The answer is:\n100.', 'The answer is:\n200.'],
    ['42. So says the table.', '43. So says the table.'],
    ['3. Mai ist der Termin.', '5. Mai ist der Termin.'],
  ])('takes the %j that a line begins with for no number of a list', async (first, second) => {
    expect((await divergence(first, second)).notes).toEqual(['numbers']);
  });

  it.each(['', ' \n', '\u200b', '\ufeff\u2060\u00ad'])(
    'knows %j for nothing, whichever leg said it',
    async (nothing) => {
      const [lost, won] = [await divergence('Sure.', nothing), await divergence(nothing, 'Sure.')];
      expect(lost).toMatchObject({ verdict: 'worse', notes: ['empty'] });
      expect(won).toMatchObject({ verdict: 'different', notes: ['empty-ended'] });
    },
  );

  it('takes no reply for empty of which all is ignored', async () => {
    const [legacy, link] = ['See https://x.example/a for it.', 'https://x.example/b'];
    expect((await divergence(legacy, link, { ignore: 'urls' })).notes).toEqual([]);
    expect((await divergence(link, legacy, { ignore: 'urls' })).notes).toEqual([]);
    const long = `https://x.example/${'b'.repeat(200)}`;
    expect((await divergence(`${legacy} `.repeat(6), long, { ignore: 'urls' })).notes).toEqual([]);
  });

  it('takes no text for an address that follows it without a space', async () => {
    const at = (path: string, price: number) =>
      `詳細はhttps://x.example/${path}をご覧ください。料金は${price}円です。`;
    const ignore = 'urls';
    expect((await divergence(at('a', 500), at('b', 700), { ignore })).notes).toContain('numbers');
    expect((await divergence(at('a', 500), at('b', 500), { ignore })).verdict).toBe('same');
    const german = (path: string) => `Siehe https://x.example/${path} dazu.`;
    expect((await divergence(german('Köln'), german('Bonn'), { ignore })).verdict).toBe('same');
  });

  it.each([
    ['a heart', ' ❤️'],
    ['hands of a colour', ' 🙏🏽'],
    ['a flag', ' 🇩🇪'],
    ['a key', ' 1️⃣'],
    ['a sign of direction', '.\u200f'],
    ['a full stop of Urdu', '۔'],
    ['a full stop of Armenian', ' Շնորհակալություն։'],
    ['a full stop of Burmese', ' ကျေးဇူးတင်ပါသည်။'],
    ['a full stop of Khmer', ' សូមអរគុណ។'],
    ['a full stop of Amharic', ' እናመሰግናለን።'],
    ['Thai, which has none', ' กรุณาติดต่อฝ่ายบริการลูกค้า'],
    ['Lao, which has none', ' ຂໍຂອບໃຈ'],
    ['a link', ' https://x.example/a'],
    ['an address', ' ann@x.example'],
    ['a price', ' 5 €'],
    ['a share', ' 5 %'],
    ['a tick', ' ✓'],
    ['a name', ',\nAnn Miller'],
    ['a greeting', '\n\nViele Grüße\nIhr Support-Team'],
    ['a team', '。\n\nサポートチーム'],
  ])('takes no reply for cut off that ends with %s', async (_what, end) => {
    const said = 'Your order has left our house today and will be with you on Monday. '.repeat(2);
    const { notes } = await divergence(`${said}Thank you.`, `${said}Thanks${end}`);
    expect(notes).not.toContain('truncated');
    const cut = await divergence(`${said}Thank you.`, `${said}Than\u200b`);
    expect(cut.notes).toContain('truncated');
  });

  it.each([
    ['a block of code', 'Do so:\n```js\nrun();\nstop();\n```', 'Do so:\n```js\nrun();\nstop();'],
    ['an object', '{"a": {"b": "c"}, "d": "e"}', '{"a": {"b": "c"}, "d": "e"'],
    ['a list', '[\n  {"a": 1},\n  {"b": 2}\n]', '[\n  {"a": 1},\n  {"b":'],
    ['a sentence', 'It is done now. The rest comes soon.', 'It is done now. The rest'],
    ['a line of many words', 'All is done.\nThe rest of it comes.', 'All is done.\nThe rest of it'],
  ])('takes %s for cut off that does not end', async (_what, whole, cut) => {
    const said = (text: string) => `${text.slice(0, 1)}${' '.repeat(60)}${text.slice(1)}`;
    const [legacy, candidate] = [said(whole).padStart(140), said(cut).padStart(140)];
    expect((await divergence(legacy, candidate)).notes).toEqual(['truncated']);
    expect((await divergence(candidate, legacy)).notes).toEqual([]);
  });

  it.each([
    ['code on a line of its own', 'Do so.', 'Do\n```npm install```\nand all is well.'],
    ['a block within a list', 'Do so.', '- Do\n  ```\n  run()\n    ```\nand all is well.'],
    ['the names of a letter', '[Name]\nHi.\n[Sender]', '[Name]\nHi.\n[Sender]\n\nIs it so?'],
    ['notes in brackets', '[1] It is so [2]', '[1] It is "[" so.'],
    ['a word behind an object', '{"a": "{\\""}', '{"a": "{\\""}\n\nThis is it.'],
  ])('takes no reply for cut off that holds %s', async (_what, whole, other) => {
    const said = 'Your order has left our house today and will be with you on Monday. '.repeat(2);
    const [legacy, candidate] = [whole, other].map((text) => text.replace(/(?<=\S)/, ` ${said}`));
    const { notes } = await divergence(legacy ?? '', candidate ?? '');
    expect(notes).not.toContain('truncated');
  });

  it('goes on without an ignore rule that throws, and tells of it', async () => {
    const errors: unknown[] = [];
    const boom = new Error('boom');
    const ignore = () => {
      throw boom;
    };
    const found = await divergence(
      'a',
      'a',
      { ignore },
      {
        contained: (error) => errors.push(error),
      },
    );
    expect(found.verdict).toBe('same');
    expect(errors).toEqual([boom, boom]);
  });

  it('says nothing of a reply that could not be read', async () => {
    expect(await compared({}, 'text')).toBeUndefined();
    expect(await compared('text', {})).toBeUndefined();
  });

  it.each([
    ['a candidate that failed', 'text', { reason: new Error('x') }, 'worse', 'candidate-failed'],
    [
      'a candidate that was late',
      'text',
      { reason: Object.assign(new Error('x'), { code: 'ERR_CUTOVER_DEADLINE' }) },
      'worse',
      'candidate-late',
    ],
    ['a legacy that failed', { reason: 0 }, 'text', 'different', 'legacy-failed'],
    ['both having failed', { reason: 0 }, { reason: 1 }, 'same', 'both-failed'],
  ])('takes %s for a finding', async (_, legacy, candidate, verdict, note) => {
    const found = await divergence(legacy, candidate);
    expect(found).toMatchObject({ verdict, decidedBy: 'outcome', notes: [note] });
  });

  it('counts lengths in full although it reads beginnings', async () => {
    const found = await divergence('a'.repeat(100), 'a'.repeat(5_000), { maxChars: 100 });
    expect(found.verdict).toBe('different');
    expect(layerOf(found, 'length')?.metrics).toMatchObject({ ratio: 50, candidateChars: 5_000 });
    expect(layerOf(found, 'exact')?.say).toBe('different');
  });

  it('counts code points, not code units', async () => {
    const found = await divergence('😀😀', 'ab');
    expect(layerOf(found, 'length')?.metrics?.ratio).toBe(1);
  });
});

describe('layers of the app', () => {
  it('speak with the others, and withdraw what they overrule', async () => {
    const name = 'weather';
    const overrules = ['lexical', 'exact'];
    const layers = [
      { name, overrules, look: () => ({ say: 'similar', metrics: { x: 1 } }) as const },
    ];
    const found = await divergence('Sunny all day', 'Rain from noon', { layers });
    expect(found).toMatchObject({ verdict: 'similar', decidedBy: 'weather' });
    expect(layerOf(found, 'lexical')?.say).toBe('different');
  });

  it('are contained when they throw, reject or answer nonsense', async () => {
    const errors: unknown[] = [];
    const layers = [
      {
        name: 'throws',
        look: () => {
          throw new Error('1');
        },
      },
      { name: 'rejects', look: () => Promise.reject(new Error('2')) },
      { name: 'babbles', look: () => ({ say: 'a secret', notes: ['a secret', 'ok'] }) as never },
    ];
    const found = await divergence(
      'a',
      'a',
      { layers },
      {
        contained: (error) => errors.push(error),
      },
    );
    expect(found.verdict).toBe('same');
    expect(errors.map((error) => (error as Error).message)).toEqual([
      '1',
      '2',
      'The layer babbles said no verdict: its say must be one of same, similar, different, worse, none.',
    ]);
    for (const { name } of layers)
      expect(layerOf(found, name)).toMatchObject({ say: 'none', notes: ['layer-failed'] });
    expect(JSON.stringify(found)).not.toContain('a secret');
  });

  it.each([undefined, null])('that answer %j have nothing to say', async (nothing) => {
    const errors: unknown[] = [];
    const layers = [{ name: 'mute', look: () => nothing as never }];
    const contained = (error: unknown) => void errors.push(error);
    const found = await divergence('a', 'a', { layers }, { contained });
    expect(layerOf(found, 'mute')).toMatchObject({ say: 'none' });
    expect(errors).toEqual([]);
  });

  it('of the library can be left out', async () => {
    const found = await divergence('a b', 'c d', { without: ['lexical', 'length'] });
    expect(found.layers.map(({ layer }) => layer)).not.toContain('lexical');
    expect(found.decidedBy).toBe('exact');
  });
});

describe('an embedding', () => {
  const options = (value: readonly (readonly number[])[]) => ({ embed: async () => value });

  it('overrules the wording', async () => {
    const near = await divergence(
      'Sunny all day',
      'No cloud until dusk',
      options([
        [1, 0],
        [1, 0.1],
      ]),
    );
    expect(near).toMatchObject({ verdict: 'similar', decidedBy: 'embedding' });
    const far = await divergence(
      'Sunny all day',
      'Sunny all week',
      options([
        [1, 0],
        [0, 1],
      ]),
    );
    expect(far).toMatchObject({ verdict: 'different', decidedBy: 'embedding' });
  });

  it('finds meanings similar from a cosine of 0.8', async () => {
    const at = async (...vector: number[]) =>
      layerOf(
        await divergence('Sunny all day', 'No cloud', options([[1, 0], vector])),
        'embedding',
      );
    expect(await at(0.8, 0.6)).toMatchObject({ say: 'similar', metrics: { cosine: 0.8 } });
    expect(await at(0.79, 0.6131)).toMatchObject({ say: 'different' });
  });

  it.each([[[[1], [1, 2]]], [[[0], [0]]], [[[1]]], [[]]])(
    'that has no angle (%j) says nothing',
    async (vectors) => {
      const found = await divergence('Sunny all day', 'Sunny all week', options(vectors));
      expect(found).toMatchObject({ verdict: 'similar', decidedBy: 'lexical' });
    },
  );
});

describe('a judge', () => {
  const [legacy, candidate] = ['Sunny all day', 'Rain from noon on'];

  it('is asked in both orders, and believed when it stays with its answer', async () => {
    const asked: string[] = [];
    const judge = ({ first }: { first: string }) => {
      asked.push(first);
      return first === legacy ? ('first' as const) : ('second' as const);
    };
    const found = await divergence(legacy, candidate, { judge });
    expect(asked.sort()).toEqual([candidate, legacy]);
    expect(found).toMatchObject({ verdict: 'worse', decidedBy: 'judge' });
  });

  it('that answers by the order has found a tie', async () => {
    const found = await divergence(legacy, candidate, { judge: () => 'first' });
    expect(found).toMatchObject({ verdict: 'similar', decidedBy: 'judge' });
    expect(found.notes).toContain('judge-order');
  });

  it.each(['constructor', 'verdict: same', undefined])(
    'that answers %s has said nothing',
    async (answer) => {
      const found = await divergence(legacy, candidate, { judge: () => answer as never });
      expect(found).toMatchObject({ verdict: 'different', decidedBy: 'lexical' });
    },
  );

  it('is not asked about equal texts', async () => {
    let calls = 0;
    const judge = () => {
      calls += 1;
      return 'tie' as const;
    };
    await divergence(legacy, legacy, { judge });
    expect(calls).toBe(0);
  });
});
