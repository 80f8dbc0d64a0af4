/** What a code unit does in a text, for those who look for its words. */
export const kindOf = { separator: 0, letter: 1, digit: 2, solo: 3, joiner: 4 } as const;

type Range = readonly [from: number, to: number];

const separators: readonly Range[] = [
  [0x00, 0x2f],
  [0x3a, 0x40],
  [0x5b, 0x5e],
  [0x60, 0x60],
  [0x7b, 0xa9],
  [0xab, 0xb4],
  [0xb6, 0xb9],
  [0xbb, 0xbf],
  [0xd7, 0xd7],
  [0xf7, 0xf7],
  [0x55a, 0x55f],
  [0x589, 0x58a],
  [0x60b, 0x60d],
  [0x61b, 0x61f],
  [0x66a, 0x66d],
  [0x6d4, 0x6d4],
  [0x964, 0x965],
  [0x9f2, 0x9f3],
  [0x2000, 0x200b],
  [0x200e, 0x206f],
  // Signs of currencies, and of what is numbered: no part of the number behind them.
  [0x20a0, 0x20cf],
  [0x2116, 0x2116],
  [0x2190, 0x2bff],
  [0x3000, 0x3004],
  [0x3008, 0x3020],
  [0x3030, 0x3030],
  [0xfe10, 0xfe1f],
  [0xfe30, 0xfe6f],
  [0xfeff, 0xfeff],
  [0xff01, 0xff0f],
  [0xff1a, 0xff20],
  [0xff3b, 0xff40],
  [0xff5b, 0xff65],
  [0xffe0, 0xffe6],
  [0xfff0, 0xffff],
];

/** Scripts that put no spaces between words, and all halves of pairs: rarer ideographs and emoji. */
const solos: readonly Range[] = [
  [0xe00, 0xeff],
  [0x1000, 0x109f],
  [0x1780, 0x17ff],
  [0x3005, 0x3007],
  [0x3021, 0x302f],
  [0x3040, 0x30ff],
  [0x31f0, 0x31ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xd800, 0xdfff],
  [0xf900, 0xfaff],
  [0xff66, 0xff9f],
];

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

const anySolo = new RegExp(
  `[${solos.map(([from, to]) => `${escaped(from)}-${escaped(to)}`).join('')}]`,
);

/** Whether some characters give a token each. Of texts of one byte a character it takes nothing to know. */
export function hasSolos(text: string): boolean {
  return anySolo.test(text);
}

function toTable(): Uint8Array {
  const table = new Uint8Array(0x10000).fill(kindOf.letter);
  for (const [from, to] of separators) table.fill(kindOf.separator, from, to + 1);
  for (const [from, to] of solos) table.fill(kindOf.solo, from, to + 1);
  table.fill(kindOf.digit, 0x30, 0x3a);
  for (const apostrophe of [0x27, 0x2bc, 0x2019]) table[apostrophe] = kindOf.joiner;
  return table;
}

let made: Uint8Array | undefined;

/** The kind of every code unit. Made when it is first needed. */
export function characterKinds(): Uint8Array {
  made ??= toTable();
  return made;
}
