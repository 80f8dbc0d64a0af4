import { type Hint, type Kind, kinds, orEscape } from './redact-kinds.ts';

/** A kind with its pattern bound to where the search stands. */
type Matcher = Kind & { readonly here: RegExp };

/** The kinds that a text may hold something of, as one pattern and each by itself. */
interface Search {
  readonly any: RegExp;
  readonly each: readonly Matcher[];
}

const keywords = /pass|pwd|secret|token|key|authorization|kennwort|contrase|senha|пароль|密|パス/i;
/** Each may be true of a text that holds nothing, never false of one that does. */
const hints: Readonly<Record<Hint, (text: string) => boolean>> = {
  assignment: (text) => /[:=>：]|--/.test(text) && keywords.test(text),
  scheme: (text) => /bearer|basic/i.test(text),
  token: (text) => prefixes.some(([rare, prefix]) => text.includes(rare) && prefix.test(text)),
  address: (text) => text.includes('@') || text.includes('%40'),
  number: (text) => /[0-9][^0-9]{0,4}[0-9]/.test(text),
  colons: (text) => text.includes(':') && /:[0-9A-Fa-f.]{0,4}:/.test(text),
  run: hasLongRun,
};

const hintNames = Object.keys(hints) as Hint[];
const withEscapes = 1 << hintNames.length;

/** One a combination of hints that was seen, with escapes and without: 254 at most. */
const searches = new Map<number, Search>();

function searchFor(text: string): Search | undefined {
  let seen = 0;
  hintNames.forEach((hint, place) => {
    if (hints[hint](text)) seen |= 1 << place;
  });
  if (seen === 0) return undefined;
  if (text.includes('\\')) seen |= withEscapes;
  const known = searches.get(seen) ?? toSearch(seen);
  searches.set(seen, known);
  return known;
}

function toSearch(seen: number): Search {
  const possible = kinds
    .filter(({ hint }) => seen & (1 << hintNames.indexOf(hint)))
    .map((kind) => (seen & withEscapes ? kind : withoutEscapes(kind)));
  return {
    any: new RegExp(possible.map(({ pattern }) => `(?:${pattern})`).join('|'), 'g'),
    each: possible.map((kind) => ({ ...kind, here: new RegExp(kind.pattern, 'y') })),
  };
}

const withoutEscapes = (kind: Kind): Kind => ({
  ...kind,
  pattern: kind.pattern.replace(orEscape, ''),
});

/**
 * How tokens begin, each by a character of it that is rare in prose: most texts lack it, and engines find that out quickest.
 * To look behind such characters in one pattern is as quick on Node 24, and takes six times as long on Node 22.
 */
const prefixes: readonly (readonly [rare: string, prefix: RegExp])[] = [
  ['_', /_/],
  [
    '-',
    /sk-|-u(?:ser)?[ \t=]|gl(?:pat|rt|dt|cbt|ptt)-|(?:sdk|mob|api)-[0-9a-f]{8}-|GOCSPX-|NRAK-|HRKU-|tvly-|sq0[a-z]{3}-|-----BEGIN /,
  ],
  ['J', /eyJ/],
  ['x', /xox/],
  ['A', /A(?:Iza|KIA|SIA)|:AA/],
  ['=', /sig=/],
];

/** The shortest random string that is looked for. */
const shortestRun = 32;

/** Characters of random strings: word characters and those of base64. */
const runUnits = new Uint8Array(128);
for (const unit of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/=') {
  runUnits[unit.charCodeAt(0)] = 1;
}

const isRunUnit = (text: string, at: number): boolean => runUnits[text.charCodeAt(at)] === 1;

/** Looked at from where a run that long would end, backwards: at the first character that breaks it the next begins. */
function hasLongRun(text: string): boolean {
  let from = 0;
  for (let end = shortestRun - 1; end < text.length; end = from + shortestRun - 1) {
    let at = end;
    while (at >= from && isRunUnit(text, at)) at -= 1;
    if (at < from) return true;
    from = at + 1;
  }
  return false;
}

/**
 * Replaces what names somebody or opens something: `[email]`, `[phone]`, `[card]`, `[iban]`, `[ip]`, and `[secret]` for
 * passwords, keys, tokens and long random strings. Takes time linear in the text; applied again it changes nothing.
 *
 * @throws RangeError on unbroken runs of more than about four million characters, for which V8 has no stack
 */
export function redactPersonalData(text: string): string {
  const search = searchFor(text);
  if (search === undefined) return text;
  let kept = '';
  let rest = text;
  for (let found = firstIn(rest, search); found; found = firstIn(rest, search)) {
    kept += rest.slice(0, found.from) + found.placeholder;
    // Looked at as a reader of the result will: with nothing before it but the placeholder.
    rest = rest.slice(found.to);
  }
  return kept + rest;
}

interface Finding {
  readonly placeholder: string;
  readonly from: number;
  readonly to: number;
}

function firstIn(text: string, { any, each }: Search): Finding | undefined {
  for (let at = 0; ; at += 1) {
    any.lastIndex = at;
    const start = any.exec(text)?.index;
    if (start === undefined) return undefined;
    const finding = findingAt(text, start, each);
    if (finding !== undefined) return finding;
    at = start;
  }
}

function findingAt(text: string, at: number, each: readonly Matcher[]): Finding | undefined {
  for (const { here, spanOf, placeholder } of each) {
    here.lastIndex = at;
    const found = here.exec(text)?.[0];
    if (found === undefined) continue;
    const span = spanOf === undefined ? ([0, found.length] as const) : spanOf(found);
    if (span !== undefined) return { placeholder, from: at + span[0], to: at + span[1] };
  }
  return undefined;
}
