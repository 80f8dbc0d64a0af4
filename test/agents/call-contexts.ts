import type { CallContext, ReportedFacts, Turn } from 'engramia-cutover';

/** A context as the router gives it to a candidate, and what the candidate did with it. */
export interface GivenContext extends CallContext {
  readonly facts: ReportedFacts;
  readonly commits: number;
  abort(reason: unknown): void;
}

interface Given {
  readonly mirrored?: boolean;
  readonly tenant?: string;
  /** What was said before. */
  readonly turns?: readonly Turn[];
  /** What `commit` throws. */
  readonly refusal?: Error;
}

/** Makes a context of a served call, or of a mirrored one. */
export function contextOf({
  mirrored = false,
  tenant = 'acme',
  turns = [],
  refusal,
}: Given = {}): GivenContext {
  const aborting = new AbortController();
  let facts: ReportedFacts = {};
  let commits = 0;
  return {
    requestId: 'request-1',
    tenant,
    stage: mirrored ? 'shadow' : 'live',
    leg: 'candidate',
    mirrored,
    signal: aborting.signal,
    commit() {
      if (refusal !== undefined) throw refusal;
      if (mirrored) throw new Error('a mirrored run must not commit');
      commits += 1;
    },
    report(more) {
      facts = { ...facts, ...more };
    },
    history: async (limit = turns.length) => turns.slice(turns.length - limit),
    get facts() {
      return facts;
    },
    get commits() {
      return commits;
    },
    abort: (reason) => aborting.abort(reason),
  };
}
