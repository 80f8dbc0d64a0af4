import { nodeCrypto } from '../../core/node-crypto.ts';
import { nextTurn } from '../../core/pieces.ts';
import { fingerprint } from '../../core/text/fingerprint.ts';
import { codePointLength } from '../../core/text/text.ts';

/** What may be told of a text. */
export interface TextFacts {
  /** Unicode code points. */
  readonly chars: number;
  /** Of the whole text, hex. */
  readonly sha256: string;
}

const sha256Digits = 64;

/** UTF-16 units that are looked at in one turn of the loop: two milliseconds of it at most. */
const unitsPerTurn = 128 * 1024;

/** Measures a text; a long one in several turns of the loop. */
export function textFacts(text: string): TextFacts | Promise<TextFacts> {
  if (text.length > unitsPerTurn) return inTurns(text);
  return {
    chars: codePointLength(text, text.length),
    sha256: fingerprint(text, sha256Digits),
  };
}

async function inTurns(text: string): Promise<TextFacts> {
  const hash = nodeCrypto().createHash('sha256');
  let chars = 0;
  for (let at = 0; at < text.length; ) {
    const piece = pieceOf(text, at);
    hash.update(piece);
    chars += codePointLength(piece, piece.length);
    at += piece.length;
    await nextTurn();
  }
  return { chars, sha256: hash.digest('hex') };
}

/** A pair of surrogates is never parted: its halves would be hashed as something else. */
function pieceOf(text: string, from: number): string {
  const end = from + unitsPerTurn;
  const isParted = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 && end < text.length;
  return text.slice(from, isParted ? end - 1 : end);
}
