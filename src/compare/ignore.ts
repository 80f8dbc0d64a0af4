import type { IgnoreRule } from '../core/contracts/compare-options.ts';
import { givenText } from '../core/text/given-text.ts';

/** What replies hold that differs from run to run. Each takes time linear in the text. */
const patterns: Readonly<Record<Extract<IgnoreRule, string>, RegExp>> = {
  timestamps:
    /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?|\b\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\b/g,
  ids: /\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b|\b[a-z]{2,10}[_-](?=[a-z]{0,63}[0-9A-Z])[0-9A-Za-z]{12,64}\b|\b[0-9a-fA-F]{16,128}\b/g,
  // Scripts that set no space behind an address are no part of it: it would take all that follows along.
  urls: /\bhttps?:\/\/[^\s<>"')\]\u0e00-\u0eff\u2e80-\uffef]+/gi,
};

const namedRules: ReadonlySet<unknown> = new Set(Object.keys(patterns));

/** Whether a value is a rule of what to ignore. */
export function isIgnoreRule(value: unknown): value is IgnoreRule {
  return namedRules.has(value) || value instanceof RegExp || typeof value === 'function';
}

function toStep(rule: IgnoreRule): (text: string) => string {
  if (typeof rule === 'function') return rule;
  const pattern = typeof rule === 'string' ? patterns[rule] : everywhere(rule);
  // A blank, so that what stood on both sides stays apart.
  return (text) => text.replace(pattern, ' ');
}

/** A copy that finds every occurrence; the app's own pattern keeps its place. */
const everywhere = ({ source, flags }: RegExp): RegExp =>
  new RegExp(source, `${flags.replace(/[gy]/g, '')}g`);

/** All rules as one function, in their order. */
export function toIgnore(rules: IgnoreRule | readonly IgnoreRule[]): (text: string) => string {
  const steps = (
    Array.isArray(rules) ? (rules as readonly IgnoreRule[]) : [rules as IgnoreRule]
  ).map(toStep);
  // Anything else made a text would be the same for both replies.
  return (text) => steps.reduce((rest, step) => givenText(step(rest), 'ignore'), text);
}
