import { attempt, disregard } from './attempt.ts';

/** Draws of the app's as numbers from 0 to 1. One that fails is the smallest: sampled, and tried again at once. */
export function safeDraws(random: () => number): () => number {
  return () => {
    const drawn: unknown = attempt(random);
    if (typeof drawn === 'number' && drawn >= 0 && drawn <= 1) return drawn;
    disregard(drawn);
    return 0;
  };
}
