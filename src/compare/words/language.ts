import { type Tokens, toTokens } from './tokens.ts';

/** Words that make up a good part of any text in a language, and of few others. */
const stopwords: Readonly<Record<string, string>> = {
  en: 'the of and to is that it you for are with this have be your can was not from will which they',
  de: 'der die das und ist nicht ein eine zu den mit sich auf für von dem wird sie ich auch oder wenn werden kann',
  fr: 'le les des et est une dans que pour vous qui avec sur pas sont du ce cette nous votre être plus ou',
  es: 'el los las y es una que en por con para del su como más pero está puede usted son al lo',
  it: 'il gli della che di è una per con sono non del le come più anche nel alla questo dei si può',
  pt: 'o os as e é uma que em por com para não do da dos como mais você são seu ao pode',
  nl: 'de het een en is van dat op te voor met niet zijn aan ook door als kan worden naar bij uw je',
  tr: 've bir bu için ile de da olarak çok daha gibi olan en ne var sonra kadar her veya değil',
  pl: 'i w na z do się nie że jest to jak od przez po ale dla są lub może który oraz tak',
  sv: 'och att det som en är på av för med den till inte om ett har de kan var från eller du',
};

/** Scripts, by the ranges of their code units. Those of one language tell it apart. */
const scripts: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  Kana: [[0x3040, 0x30ff]],
  Han: [
    [0x3400, 0x9fff],
    [0xf900, 0xfaff],
  ],
  Hangul: [
    [0x1100, 0x11ff],
    [0xac00, 0xd7af],
  ],
  Cyrillic: [[0x400, 0x52f]],
  Greek: [[0x370, 0x3ff]],
  Hebrew: [[0x590, 0x5ff]],
  Arabic: [[0x600, 0x77f]],
  Devanagari: [[0x900, 0x97f]],
  Thai: [[0xe00, 0xe7f]],
};

const scriptEntries = Object.entries(scripts);

/** How much of a text is looked at: characters for its script, words for its language. */
const [sampleChars, sampleWords] = [2_000, 400];

/** What no script of ours begins below: most texts have nothing beyond. */
const beyondLatin = /[\u0370-\uffff]/;

/** Stopwords that a text must have of a language, and have more of than of the next one by half. */
const [leastHits, lead] = [4, 1.5];

function scriptOf(sample: string): string | undefined {
  if (!beyondLatin.test(sample)) return undefined;
  const counts = new Map<string, number>();
  let letters = 0;
  for (let at = 0; at < sample.length; at += 1) {
    const unit = sample.charCodeAt(at);
    if (unit > 0x40) letters += 1;
    if (unit < 0x370) continue;
    const found = scriptEntries.find(([, ranges]) =>
      ranges.some(([from, to]) => unit >= from && unit <= to),
    )?.[0];
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  // Japanese is Han and kana: a text with a tenth of kana is.
  if ((counts.get('Kana') ?? 0) * 10 > letters) return 'Kana';
  return [...counts].find(([, count]) => count * 2 > letters)?.[0];
}

let byHash: ReadonlyMap<number, readonly string[]> | undefined;

function stopwordTable(): ReadonlyMap<number, readonly string[]> {
  const table = new Map<number, string[]>();
  for (const [language, words] of Object.entries(stopwords)) {
    for (const hash of toTokens(words).hashes) {
      table.set(hash, [...(table.get(hash) ?? []), language]);
    }
  }
  return table;
}

function languageByWords(words: Int32Array): string | undefined {
  byHash ??= stopwordTable();
  const hits = new Map<string, number>();
  for (const hash of words) {
    for (const language of byHash.get(hash) ?? []) {
      hits.set(language, (hits.get(language) ?? 0) + 1);
    }
  }
  const [best, second] = [...hits].sort(([, a], [, b]) => b - a);
  if (best === undefined || best[1] < leastHits) return undefined;
  return best[1] >= lead * (second?.[1] ?? 0) ? best[0] : undefined;
}

/** The language that a text seems to be in, or its script; undefined: too short or too mixed to tell. */
export function languageOf(text: string, words: Tokens): string | undefined {
  return (
    scriptOf(text.slice(0, sampleChars)) ?? languageByWords(words.hashes.subarray(0, sampleWords))
  );
}
