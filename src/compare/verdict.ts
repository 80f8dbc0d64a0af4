import type { Divergence, LayerFinding, Verdict } from '../core/contracts/comparer.ts';

/** A finding, and whose say it withdraws. */
export interface Said extends LayerFinding {
  readonly overrules: readonly string[];
  /** Present: it stands for what was not asked, and decides nothing. */
  readonly isUnasked?: true;
}

const severity: Readonly<Record<Verdict, number>> = { same: 0, similar: 1, different: 2, worse: 3 };

/** The gravest say that no later layer has withdrawn; of equals the first. */
function decisionOf(said: readonly Said[]): Pick<Divergence, 'verdict' | 'decidedBy'> {
  const withdrawn = new Set(
    said.flatMap(({ say, overrules }) => (say === 'none' ? [] : overrules)),
  );
  let verdict: Verdict = 'same';
  let decidedBy: string | undefined;
  for (const { layer, say, isUnasked } of said) {
    if (isUnasked || say === 'none' || withdrawn.has(layer)) continue;
    if (decidedBy !== undefined && severity[say] <= severity[verdict]) continue;
    verdict = say;
    decidedBy = layer;
  }
  return { verdict, decidedBy: decidedBy ?? 'none' };
}

/** What all layers have said, and what is decided by it. */
export function divergenceOf(said: readonly Said[]): Divergence {
  const decision = decisionOf(said);
  const solid = decisionOf(said.filter(({ advisory }) => !advisory));
  const isAdvised = solid.decidedBy !== decision.decidedBy || solid.verdict !== decision.verdict;
  return {
    ...decision,
    ...(isAdvised && { advisory: true }),
    layers: said.map(({ overrules: _, isUnasked: _asked, ...finding }) => finding),
    notes: [...new Set(said.flatMap(({ notes = [] }) => notes))],
    ms: said.reduce((sum, { ms }) => sum + ms, 0),
  };
}
