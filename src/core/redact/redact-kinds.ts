import { hasDigits, ibanIn, ipv6In, isForeignIpv4, isLuhn } from './redact-numbers.ts';
import { isRandom, randomIn } from './redact-random.ts';
import {
  anyCase,
  assignedValue,
  assignment,
  credentialsIn,
  elementText,
  keyword,
  optionValue,
  passwordOfUser,
  type Span,
} from './redact-values.ts';

/**
 * Cheap signs by which most texts are known to hold nothing of a kind. What has none of them is not searched: one
 * search for everything costs 60 ns a character.
 */
export type Hint = 'assignment' | 'scheme' | 'token' | 'address' | 'number' | 'colons' | 'run';

/** Something that is looked for. */
export interface Kind {
  /** What a text must have for this to be in it at all. */
  readonly hint: Hint;
  readonly placeholder: string;
  /**
   * Every repetition is of one class or bounded, and none without a bound can begin anew behind a placeholder, in what
   * it has scanned before: else many small finds in one long run cost the square of its length.
   */
  readonly pattern: string;
  readonly spanOf?: (found: string) => Span | undefined;
}

const letter = 'A-Za-z\\u00c0-\\u024f\\u0370-\\u052f';
/** Also as it stands in a text within a text: JSON in JSON. */
const quote = '(?:\\\\{0,3}["\'`])?';
const assigned = `${keyword}${quote}[ \\t]{0,3}${assignment}[ \\t]{0,3}${quote}`;
const valueUnit = '[^\\s"\'`()\\[\\]{}<>,;=:]';
const value = `${valueUnit}{4,}(?:[=:]${valueUnit}*){0,4}(?=[\\s"'\`)\\]}<>,;]|$)`;

/** Blanks and hyphens between the groups of a number; pages and models keep them on one line by those that do not break. */
const blanks = ' \\u00a0\\u202f';
const hyphens = '\\u2010\\u2011-';
/** An escape of JSON, whose letter is none of what follows it. Looked for in texts that have a backslash alone. */
export const orEscape = '|(?<=\\\\(?:[nrt]|u[0-9A-Fa-f]{4}))';
const notBehind = (units: string): string => `(?:(?<!${units})${orEscape})`;
const wordStart = notBehind('[\\w-]');
const beforeNumber = notBehind(`[\\w+${hyphens}]|[0-9][.:/]`);
/** Of hyphens the plain one alone: behind any other a random string may begin. */
const afterNumber = '(?!\\w|-?[0-9])';
const gap = `[${blanks}./${hyphens}]`;
const joint = `[${blanks}${hyphens}]?`;

/**
 * What is looked for. Where several begin on the same character, the first in the table that is one wins. What may not
 * follow must never be where another kind begins: that one's placeholder would make room for this.
 */
export const kinds: readonly Kind[] = [
  {
    hint: 'token',
    placeholder: '[secret]',
    pattern:
      '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-(?!----)[^-]*)*-----END [A-Z0-9 ]{0,60}-----',
  },
  {
    // A phrase in quotes, with blanks in it.
    hint: 'assignment',
    placeholder: '[secret]',
    pattern: `${assigned}(?<=["'\`])${valueUnit}{4,}(?:[=:,;]${valueUnit}*){0,4}[ \\t][^"'\`\\r\\n]{0,256}(?=["'\`])`,
    spanOf: assignedValue,
  },
  {
    hint: 'assignment',
    placeholder: '[secret]',
    pattern: `${assigned}(?!-----)${value}`,
    spanOf: assignedValue,
  },
  {
    hint: 'assignment',
    placeholder: '[secret]',
    pattern: `${wordStart}--(?:\\w{1,16}-){0,3}${keyword}[ \\t]{1,3}${quote}${value}`,
    spanOf: optionValue,
  },
  {
    hint: 'assignment',
    placeholder: '[secret]',
    pattern: `${keyword}>[^<>\\s]{4,}(?=</)`,
    spanOf: elementText,
  },
  {
    hint: 'assignment',
    placeholder: '[secret]',
    pattern: `${anyCase('authorization')}["']?[ \\t]{0,3}[:=][ \\t]{0,3}["'\`]?${anyCase('(?:bearer|basic|token)')}[ \\t]{1,8}${valueUnit}{4,}={0,2}`,
    spanOf: (found) => [found.search(/\S+$/), found.length],
  },
  {
    hint: 'scheme',
    placeholder: '[secret]',
    pattern: `${wordStart}${anyCase('(?:bearer|basic)')}[ \\t]{1,8}[\\w~+/.-]{8,}={0,2}`,
    spanOf: credentialsIn,
  },
  {
    hint: 'token',
    placeholder: '[secret]',
    pattern: `${wordStart}eyJ[\\w-]{4,}\\.[\\w-]{4,}(?:\\.[\\w-]*)?`,
  },
  {
    hint: 'token',
    placeholder: '[secret]',
    pattern: `${wordStart}(?:engramia_sk_[\\w-]{6,}|github_pat_\\w{10,}|gh[oprsu]_\\w{16,}|gl(?:pat|rt|dt|cbt|ptt)-[\\w-]{10,}|xox[abeprs]-[\\w-]{8,}|dckr_pat_[\\w-]{20,}|NRAK-[A-Z0-9]{20,}|HRKU-[\\w-]{20,}|tvly-[\\w-]{16,}|AIza[\\w-]{20,}|GOCSPX-[\\w-]{20,}|sq0[a-z]{3}-[\\w-]{20,}|(?:sdk|mob|api)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})`,
  },
  {
    hint: 'token',
    placeholder: '[secret]',
    pattern: `${wordStart}(?:sk-[\\w-]{10,}|[prs]k_(?:live|test)_\\w{8,}|(?:hf|npm|ntn|whsec)_\\w{16,}|(?:AKIA|ASIA)[A-Z0-9]{16}(?!\\w))`,
    spanOf: when((found) => /[0-9]|[A-Za-z]{16}/.test(found)),
  },
  {
    // Of curl.
    hint: 'token',
    placeholder: '[secret]',
    pattern: `${wordStart}-(?:u|-user)[ \\t=]{1,3}${quote}[\\w.+-]{1,64}:${value}`,
    spanOf: passwordOfUser,
  },
  {
    // A shared access signature, and a bot's token.
    hint: 'token',
    placeholder: '[secret]',
    pattern: '(?<=[?&;]sig=)[\\w%+/-]{32,}={0,2}',
  },
  {
    hint: 'token',
    placeholder: '[secret]',
    pattern: `${wordStart}[0-9]{8,10}:AA[\\w-]{30,}`,
  },
  {
    // A password in a URL, before the address of its host is taken for one of e-mail.
    hint: 'address',
    placeholder: '[secret]',
    pattern: ':(?<=://[^\\s:@/[\\]]{0,64}:)[^\\s@/[\\]]{1,128}(?:@[^\\s@/?#[\\]]{0,64}){0,4}(?=@)',
    spanOf: (found) => [1, found.length],
  },
  {
    hint: 'address',
    placeholder: '[email]',
    pattern: `(?<![${letter}0-9._%+'-])[${letter}0-9._%+'-]{1,64}(?:@|%40(?=[${letter}0-9-]{2}))[${letter}0-9-]+(?:\\.[${letter}0-9-]+)*\\.[${letter}]{2,}`,
  },
  {
    hint: 'number',
    placeholder: '[iban]',
    pattern: `${wordStart}[A-Z]{2}[0-9]{2}(?:[${blanks}]?[A-Z0-9]{4}){2,7}(?:[${blanks}]?[A-Z0-9]{1,3})?(?![A-Za-z0-9_])`,
    spanOf: ibanIn,
  },
  {
    hint: 'colons',
    placeholder: '[ip]',
    pattern: `${notBehind('[\\w:.-]')}(?:[0-9A-Fa-f]{1,4}|:):[0-9A-Fa-f:]{0,38}[0-9A-Fa-f](?:(?:\\.[0-9]{1,3}){3})?(?![\\w:])`,
    spanOf: ipv6In,
  },
  {
    hint: 'number',
    placeholder: '[ip]',
    pattern: `${notBehind('[\\w.-]|[Vv]ersion ')}[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?!\\w|[.-][0-9]|\\.\\[)`,
    spanOf: when(isForeignIpv4),
  },
  {
    hint: 'number',
    placeholder: '[card]',
    pattern: `${beforeNumber}(?:[2-6][0-9]{3}(?:${joint}[0-9]{4}){3}|3[47][0-9]{2}${joint}[0-9]{6}${joint}[0-9]{5}|3[0689][0-9]{2}${joint}[0-9]{6}${joint}[0-9]{4}|[46][0-9]{17,18})(?!\\w|-[0-9])`,
    spanOf: when(isLuhn),
  },
  {
    hint: 'number',
    placeholder: '[phone]',
    pattern: `${beforeNumber}(?:\\+|00)[1-9][0-9]{0,3}(?:[${blanks}()./${hyphens}]{0,3}[0-9]){6,13}${afterNumber}`,
    spanOf: when(
      (found) =>
        hasDigits(found, 8) &&
        !/^\+\d{4}[\u2010\u2011-]\d\d[\u2010\u2011-]\d\d|^\+\d+(?:[ .\u00a0\u202f]000)+$/.test(
          found,
        ),
    ),
  },
  {
    hint: 'number',
    placeholder: '[phone]',
    pattern: `${beforeNumber}(?:1${gap})?(?:\\([2-9][0-9]{2}\\)${gap}?|[2-9][0-9]{2}${gap})[2-9][0-9]{2}${gap}[0-9]{4}${afterNumber}`,
  },
  {
    hint: 'number',
    placeholder: '[phone]',
    pattern: `${beforeNumber}\\(?0[1-9](?:[${blanks}()./${hyphens}]{0,2}[0-9]){7,10}${afterNumber}`,
    spanOf: when(
      (found) => !/^\d\d[./\u2010\u2011-]\d\d[./\u2010\u2011-]\d{4}|^0123456789$/.test(found),
    ),
  },
  {
    hint: 'number',
    placeholder: '[phone]',
    pattern: `${beforeNumber}1[3-9][0-9](?:[0-9]{8}|[${blanks}${hyphens}][0-9]{4}[${blanks}${hyphens}][0-9]{4})${afterNumber}`,
    spanOf: when((found) => !found.endsWith('000')),
  },
  {
    hint: 'run',
    placeholder: '[secret]',
    pattern: '(?<![\\w-])[\\w-]{32,}(?:[+/][A-Za-z0-9+/]{0,512}={0,2})?',
    spanOf: randomIn,
  },
  {
    // Of its own, not another way to read the one above: where that is none, this may be one of the same beginning.
    hint: 'run',
    placeholder: '[secret]',
    pattern: '(?<![\\w+/-])(?:(?<=[\\s"\'`:=,(])[+/])?[A-Za-z0-9][A-Za-z0-9+/]{38,}={0,2}',
    spanOf: when(isRandom),
  },
];

function when(test: (found: string) => boolean): (found: string) => Span | undefined {
  return (found) => (test(found) ? [0, found.length] : undefined);
}
