import type { ComparedPair } from '../../core/contracts/compare-options.ts';
import { goes } from '../thresholds.ts';
import { hasSolos } from './character-kinds.ts';
import type { LoopTurns } from './loop-turns.ts';
import type { TextThread } from './text-thread.ts';
import type { WordQuestion, WordSay } from './word-question.ts';
import { WordReading } from './word-reading.ts';

/** Where words are read. */
export interface WordPlaces {
  readonly thread: Pick<TextThread, 'ask'>;
  readonly turns: LoopTurns;
  readonly now: () => number;
}

/** Whether the words of a text would hold the event loop. */
function isLong({ text }: { readonly text: string }): boolean {
  if (text.length > goes.loopChars) return true;
  return text.length > goes.denseLoopChars && hasSolos(text);
}

/** Asks the layers that go by words: about long texts in the thread, about others on the loop, a piece of work in a turn. */
export async function askByWords(
  { legacy, candidate }: Pick<ComparedPair, 'legacy' | 'candidate'>,
  wanted: Pick<WordQuestion, 'layers' | 'lexical'>,
  { thread, turns, now }: WordPlaces,
): Promise<readonly WordSay[]> {
  const texts = { legacy: legacy.text, candidate: candidate.text };
  const areLong = isLong(legacy) || isLong(candidate);
  const says = areLong ? await thread.ask({ ...texts, ...wanted, ordered: true }) : undefined;
  if (says !== undefined) return says;
  const reading = new WordReading({ ...texts, ...wanted, ordered: !areLong }, now);
  do await turns.take();
  while (reading.step());
  return reading.says;
}
