import type { ComparedReply, LayerSay } from '../../core/contracts/compare-options.ts';
import type { Layer } from '../layer.ts';
import { floors } from '../thresholds.ts';
import { hasSolos } from '../words/character-kinds.ts';

/**
 * How finished texts end: a full stop of any script, a closing mark, the end of a code block, a sign such as of a currency, an
 * emoji. What is not seen may follow: signs of direction, and those that say how an emoji is drawn. Thai and Lao have no full
 * stop: where they end nobody knows.
 */
const finished =
  /(?:[.!?…:;。！？।؟۔\p{Sentence_Terminal}\u0e00-\u0eff)\]}>"'”’»«」』*`_|%٪％～\p{Sc}\p{So}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]|\u20e3)(?:\p{Cf}|\ufe0f)*$/u;

/** Lines that end as they like: items of lists, headings, rows of tables, quotations, rules. */
const freeLine = /^\s*(?:[-*•#|>]|\d{1,3}[.)])/;

/** Words that no full stop follows: links and addresses of mail. */
const address = /:\/\/.|.@.+\../;

/** A line of its own that ends a letter: a name, a greeting. Words, characters; fewer of those that give a token each. */
const signature = { words: 3, chars: 32, denseChars: 12 } as const;

const tail = 200;

function isSignature(line: string): boolean {
  const { words, chars, denseChars } = signature;
  return line.length <= (hasSolos(line) ? denseChars : chars) && line.split(/\s+/).length <= words;
}

const closings: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/** Whether a text is in brackets as JSON is, from its first character to its last. */
function isBracketed(text: string): boolean {
  const closing = closings[text.trimStart().charAt(0)];
  return closing !== undefined && text.trimEnd().endsWith(closing);
}

/** A backslash may be the last that there is: each quote of a text would else be tried up to its end, in vain. */
const strings = /"[^"\\]*(?:\\(?:[\s\S]|$)[^"\\]*)*(?:"|$)/g;

/** Whether a bracket that a text begins with is open at its end; `[Name]` begins a letter that may end as it likes. */
function isOpen(text: string): boolean {
  if (closings[text.trimStart().charAt(0)] === undefined) return false;
  const marks = text.replace(strings, '');
  return (marks.match(/[[{]/g)?.length ?? 0) > (marks.match(/[\]}]/g)?.length ?? 0);
}

/** Lines that begin a block of code, or end one: with more of their mark, they hold code themselves. */
const fence = /^[ \t]*`{3,}[^`\n]*$/gm;

/** Whether a reply ends in the middle of something. Where we have cut it ourselves nobody knows. */
function isBroken({ text, isCut }: ComparedReply): boolean {
  const end = text.slice(-tail).trimEnd();
  if (isCut || end === '') return false;
  if ((text.match(fence)?.length ?? 0) % 2 === 1) return true;
  if (finished.test(end)) return false;
  const lineStart = end.lastIndexOf('\n') + 1;
  const line = end.slice(lineStart);
  const isLast = freeLine.test(line) || (lineStart > 0 && isSignature(line));
  return !isLast && !address.test(line.split(/\s/).at(-1) ?? '');
}

/** Whether the candidate breaks off where legacy comes to an end. */
function breaksOff(legacy: ComparedReply, candidate: ComparedReply): boolean {
  if (candidate.isCut) return false;
  const isData = isBracketed(legacy.text) && isOpen(candidate.text);
  return isData || (isBroken(candidate) && !isBroken(legacy));
}

/** How long the candidate's reply is by legacy's, and whether it is there at all and whole. */
export const length: Layer = {
  name: 'length',
  ofEqual: { say: 'none' },
  look({ legacy, candidate }, { thresholds }): LayerSay {
    const ratio = candidate.chars / Math.max(1, legacy.chars);
    const metrics = { ratio, legacyChars: legacy.chars, candidateChars: candidate.chars };
    if (candidate.isBlank) {
      return { say: legacy.isBlank ? 'none' : 'worse', metrics, notes: ['empty'] };
    }
    if (legacy.isBlank) return { say: 'different', metrics, notes: ['empty-ended'] };
    const isTelling = Math.max(legacy.chars, candidate.chars) >= floors.lengthChars;
    const noticed = {
      longer: isTelling && ratio >= thresholds.longer,
      shorter: isTelling && ratio <= thresholds.shorter,
      truncated: isTelling && breaksOff(legacy, candidate),
    };
    const notes = Object.entries(noticed).flatMap(([note, isSo]) => (isSo ? [note] : []));
    return { say: notes.length > 0 ? 'different' : 'none', metrics, notes };
  },
};
