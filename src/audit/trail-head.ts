/** The end of a chain: its last entry's place and hash. Every entry is one. */
export interface TrailHead {
  readonly seq: number;
  /** SHA-256, hex. */
  readonly hash: string;
}

/** Whether a value says where a chain ends, whatever else it holds. */
export function isHead(given: unknown): given is TrailHead {
  const { seq, hash } = (given ?? {}) as { seq?: unknown; hash?: unknown };
  return Number.isSafeInteger(seq) && typeof hash === 'string';
}
