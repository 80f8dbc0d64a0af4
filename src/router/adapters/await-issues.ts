const noAwait =
  'background.mode must be "detached" or "waitUntil": a reply is learned after it was delivered, so it cannot wait for that';

/** The issue of shared options that would make a reply wait for its own delivery. */
export function awaitIssues({ background }: { background?: { mode?: unknown } | null }): string[] {
  return background?.mode === 'await' ? [noAwait] : [];
}
