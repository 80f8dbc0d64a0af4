/** The end of a chain: its last entry's place and hash. Every entry is one. */
export interface TrailHead {
  readonly seq: number;
  /** SHA-256, hex. */
  readonly hash: string;
}
