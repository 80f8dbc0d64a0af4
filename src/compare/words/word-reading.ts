import { goes } from '../thresholds.ts';
import { overlapOf } from './jaccard.ts';
import { Tokenizer, type Tokens } from './tokens.ts';
import { wordLayers } from './word-layers.ts';
import type { WordQuestion, WordSay } from './word-question.ts';

/** Ends of pieces of work: those of a layer with what it has said. */
type Pieces<T> = Generator<Omit<WordSay, 'ms'> | undefined, T>;

function* wordsOf(text: string): Pieces<Tokens> {
  const tokenizer = new Tokenizer(text);
  while (tokenizer.step(goes.tokenizedChars)) yield;
  yield;
  return tokenizer.tokens();
}

function* piecesOf(asked: WordQuestion): Pieces<void> {
  const legacy = yield* wordsOf(asked.legacy);
  const candidate = yield* wordsOf(asked.candidate);
  const words = { legacy, candidate, overlap: overlapOf(legacy.hashes, candidate.hashes) };
  for (const { name, look } of wordLayers) {
    if (asked.layers.includes(name)) yield { layer: name, said: look(words, asked) };
  }
}

/** One question on its way through the layers that go by words: the same on the event loop and in the thread. */
export class WordReading {
  readonly says: WordSay[] = [];
  readonly #asked: WordQuestion;
  readonly #pieces: Pieces<void>;
  readonly #now: () => number;
  #ms = 0;

  constructor(asked: WordQuestion, now: () => number) {
    this.#asked = asked;
    this.#pieces = piecesOf(asked);
    this.#now = now;
  }

  /** Does the next piece of work. False: all layers have spoken. */
  step(): boolean {
    const start = this.#now();
    const { value } = this.#pieces.next();
    this.#ms += this.#now() - start;
    if (value) {
      this.says.push({ ...value, ms: this.#ms });
      this.#ms = 0;
    }
    return this.says.length < this.#asked.layers.length;
  }
}
