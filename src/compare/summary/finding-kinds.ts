import type { PairFacts } from './pair-facts.ts';

/** A way in which a candidate can be worse. Three are the migration guide's: `verbose`, `wrong-answers`, `tool-mismatch`. */
export type FindingKind =
  | 'verbose'
  | 'wrong-answers'
  | 'tool-mismatch'
  | 'erroring'
  | 'late'
  | 'empty'
  | 'refusal'
  | 'truncated'
  | 'terse'
  | 'language'
  | 'numbers'
  | 'swapped'
  | 'tool-extra'
  | 'tool-missing'
  | 'tool-arguments'
  | 'tool-order'
  | 'diverged'
  | 'slower';

/** What there is to know of a kind. */
export interface FindingRow {
  /** What is wrong, as a reader is told. */
  readonly says: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The kind that it is a part of: told with it when both are raised. */
  readonly part?: FindingKind;
  /** `failure`: so plain that few are many. */
  readonly floor: 'usual' | 'failure';
  /** The pairs that it has a share of. */
  readonly among: (facts: PairFacts) => boolean;
  readonly holds: (facts: PairFacts) => boolean;
  /** Present: a judge tells, who may be asked about some pairs only. */
  readonly isJudged?: true;
}

const note =
  (...names: readonly string[]) =>
  ({ notes }: PairFacts): boolean =>
    notes.length > 0 && names.some((name) => notes.includes(name));

const compared = ({ isCompared }: PairFacts): boolean => isCompared;
const tellsTools = ({ tellsTools }: PairFacts): boolean => tellsTools;
const legacyAnswered = ({ outcome }: PairFacts): boolean =>
  outcome !== 'legacyFailed' && outcome !== 'bothFailed';

/** Refusals and replies that break off are short, too: those are what is wrong with them. */
const isTerse = ({ notes }: PairFacts): boolean =>
  notes.includes('shorter') && !notes.includes('refusal') && !notes.includes('truncated');

const hasOtherTools = note('tool-extra', 'tool-missing', 'tool-arguments', 'tool-order');

const text = { floor: 'usual', among: compared } as const;
const tool = { floor: 'usual', among: tellsTools, part: 'tool-mismatch' } as const;
const failure = { floor: 'failure', among: compared } as const;
const alignBase = 'Align the base instructions with those of the old assistant';

/** What a report looks for, the gravest first. */
export const findingKinds: Readonly<Record<FindingKind, FindingRow>> = {
  erroring: {
    ...failure,
    among: legacyAnswered,
    holds: ({ outcome, isDiverged }) => outcome === 'candidateFailed' && !isDiverged,
    says: 'The candidate fails where legacy answers',
    remedy: 'Look at its errors by name and status; a ramp must wait for this',
  },
  late: {
    ...failure,
    among: legacyAnswered,
    holds: ({ outcome }) => outcome === 'candidateLate',
    says: 'The candidate runs past its deadline',
    remedy: 'Find what takes so long; raise the mirror’s deadline only if users would wait, too',
  },
  empty: {
    ...failure,
    holds: note('empty'),
    says: 'The candidate says nothing',
    remedy: 'Look at what `view` reads of its reply, and at its limit of output tokens',
  },
  refusal: {
    ...failure,
    holds: note('refusal'),
    says: 'The candidate refuses what legacy answers',
    remedy: 'Compare the rules that both instructions give, and the content filters of both models',
  },
  'wrong-answers': {
    ...text,
    among: ({ isCompared, isUnjudged }) => isCompared && !isUnjudged,
    isJudged: true,
    holds: ({ isWrong }) => isWrong,
    says: 'The candidate gives other answers',
    remedy:
      'The pattern store is polluted: find the patterns that wrong replies have recalled, and evaluate or delete them',
  },
  'tool-mismatch': {
    floor: 'usual',
    among: tellsTools,
    holds: (facts) => facts.isDiverged || hasOtherTools(facts),
    says: 'The candidate calls other tools',
    remedy: `The instructions have drifted. ${alignBase}`,
  },
  verbose: {
    ...text,
    holds: note('longer'),
    says: 'The candidate’s replies are far longer',
    remedy: 'Recall is over-injecting: lower the recall limit (`recallLimit`)',
  },
  terse: {
    ...text,
    holds: isTerse,
    says: 'The candidate’s replies are far shorter',
    remedy: 'Ask for the detail that legacy gives in the base instructions',
  },
  truncated: {
    ...text,
    holds: note('truncated'),
    says: 'The candidate’s replies break off',
    remedy: 'Raise its limit of output tokens',
  },
  language: {
    ...text,
    holds: note('language'),
    says: 'The candidate answers in another language',
    remedy: 'Name the language of replies in the base instructions; look at that of the patterns',
  },
  numbers: {
    ...text,
    part: 'wrong-answers',
    holds: note('numbers'),
    says: 'The candidate gives other numbers',
    remedy: 'Look where it has them from: recalled patterns are examples and no facts',
  },
  swapped: {
    ...text,
    part: 'wrong-answers',
    holds: note('swapped'),
    says: 'Names and numbers have changed places in the candidate’s replies',
    remedy: 'Look at the worst pairs side by side, and at the patterns that they have recalled',
  },
  'tool-missing': {
    ...tool,
    holds: note('tool-missing'),
    says: 'The candidate leaves out tools',
    remedy: `See that it has the same tools. ${alignBase}`,
  },
  'tool-extra': {
    ...tool,
    holds: note('tool-extra'),
    says: 'The candidate calls further tools',
    remedy: `Take away what it does not need. ${alignBase}`,
  },
  'tool-arguments': {
    ...tool,
    holds: note('tool-arguments'),
    says: 'The candidate calls the tools with other arguments',
    remedy: `Compare the descriptions of the tools’ parameters. ${alignBase}`,
  },
  'tool-order': {
    ...tool,
    holds: note('tool-order'),
    says: 'The candidate calls the tools in another order',
    remedy: "If the order does not matter, compare with `toolOrder: 'any'`",
  },
  diverged: {
    ...tool,
    holds: ({ isDiverged }) => isDiverged,
    says: 'Replay stops the candidate at calls that legacy did not make',
    remedy: `Look at the steps of its \`AgentDivergedError\`s. ${alignBase}`,
  },
  slower: {
    ...text,
    holds: note('slower'),
    says: 'The candidate takes far longer',
    remedy: 'Look at its number of turns, at its tools and at its model',
  },
};
