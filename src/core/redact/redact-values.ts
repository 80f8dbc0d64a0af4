/** From where to where in what was found the secret itself stands; undefined: it is none after all. */
export type Span = readonly [from: number, to: number];

/** A pattern of words, whatever their capitals. */
export const anyCase = (words: string): string =>
  words.replace(/[a-z]/g, (small) => `[${small}${small.toUpperCase()}]`);

/** How what a secret is given to is called, in the languages that most who type one write. */
export const keyword = anyCase(
  '(?:pass(?:word|wort|wd|phrase)|pwd|secret|token|(?:api|access|auth|private)[ _-]?key|kennwort|mot de passe|contrase(?:ñ|n)a|senha|(?:п|П)ароль|密[码碼]|パスワード)',
);

/** What gives a value, behind a type where one is declared, of letters, as no secret is: `=`, `:`, `=>`, `:=`, `?=`. */
export const assignment = '(?::[ \\t]{0,3}[A-Za-z]{1,20}[ \\t]{1,3}(?==))?(?:[?:]=|[:=]>?|：)';

const openQuote = '(?:\\\\{0,3}["\'`])?';

const type = /^(?:string|text|number|boolean|(?:u?int|varchar|utf|base|sha|aes|[rhe]s|md)-?\d+)$/i;
const noValue =
  /^(?:required|optional|hidden|null|none|undefined|true|false|await|this|self|[$%].*)$/i;
const path = /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/;
const named = new RegExp(`^(?:[a-z_]*${keyword}[a-z_]*|bearer|basic)$`, 'i');

/** The value of an assignment, unless it is code: a type, another variable, a word. */
export const assignedValue = valueBehind(new RegExp(`${assignment}[ \\t]*${openQuote}`));

/** The same of an option of a command line: `--password x`. */
export const optionValue = valueBehind(new RegExp(`[ \\t]+${openQuote}`));

/** The same of a user and a password: `-u name:x`. */
export const passwordOfUser = valueBehind(/:/);

/** The text of an element, unless it is a template's hole or a word of code. */
export function elementText(found: string): Span | undefined {
  const start = found.indexOf('>') + 1;
  const text = found.slice(start);
  return isCode(text) || text.startsWith('{') ? undefined : [start, found.length];
}

function valueBehind(beginning: RegExp): (found: string) => Span | undefined {
  return (found) => {
    const from = beginning.exec(found);
    if (from === null) return undefined;
    const start = from.index + from[0].length;
    const end = endOf(found);
    // Of a phrase its first word.
    const value = found.slice(start, end).replace(/[ \t].*$/, '');
    const isLiteral = /^=$|["'`]$/.test(from[0]);
    return !isCode(value) && (isLiteral || isOpaque(value)) ? [start, end] : undefined;
  };
}

const isCode = (value: string): boolean =>
  [type, noValue, path, named].some((code) => code.test(value));

/** What follows `Basic` or `Bearer`, unless these are words: "a basic JavaScript event emitter". */
export function credentialsIn(found: string): Span | undefined {
  const from = found.search(/\S+$/);
  const value = found.slice(from);
  const isSecret = /^[Bb][Aa]/.test(found) ? isUserAndPassword(value) : isToken(value);
  return isSecret ? [from, found.length] : undefined;
}

/** Base64 that begins with a name and a colon, whatever follows: that may be taken out by itself. */
function isUserAndPassword(value: string): boolean {
  const bytes = Buffer.from(value, 'base64');
  const colon = bytes.indexOf(':');
  return colon > 0 && !/[\p{Cc}\ufffd]/u.test(bytes.subarray(0, colon).toString());
}

/** Not a word, one with a version behind it, or one of several words. */
function isToken(value: string): boolean {
  const hasNumber = /[0-9]/.test(value) && !/^[A-Za-z]+[0-9]\.?[0-9]?$/.test(value);
  return hasNumber || (value.match(/[a-z][A-Z]/g)?.length ?? 0) > 3;
}

/** Without the backslashes of a quote that follows. */
function endOf(found: string): number {
  let end = found.length;
  while (found[end - 1] === '\\') end -= 1;
  return end;
}

/** One class at a time: letters before a digit, looked for in one pattern, cost the square of a long value's length. */
function isOpaque(value: string): boolean {
  const isBoth = /[0-9]/.test(value) && /[A-Za-z]/.test(value);
  return isBoth || /[!@#$%^&*]|^[0-9]{6,}$/.test(value);
}
