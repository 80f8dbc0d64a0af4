// The service's white space is Python's, which takes NEL for a blank too.
const space = /[\s\u0085]+/u;

/** The lower-cased words of a text, each once. */
export function wordsOf(text: string): ReadonlySet<string> {
  return new Set(
    text
      .toLowerCase()
      .split(space)
      .filter((word) => word !== ''),
  );
}

function countShared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  return shared;
}

/** Shared words divided by all words, 0 to 1. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = countShared(a, b);
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** Cosine of the two word sets, 0 to 1: stands for the nearness of embeddings, without a model. */
export function cosine(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const length = Math.sqrt(a.size * b.size);
  return length === 0 ? 0 : countShared(a, b) / length;
}
