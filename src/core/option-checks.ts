import { InvalidOptionsError } from './errors.ts';
import { longestTimerMs } from './time/clock.ts';

/** What one option must be: a test, and the sentence that mends a wrong value. */
export interface OptionCheck {
  readonly test: (value: unknown) => boolean;
  readonly must: string;
  readonly required?: boolean;
  /** The options of an object that passes the test, where they have checks of their own. */
  readonly within?: OptionChecks;
}

/** The rules of an options object, by option name. */
export interface OptionChecks {
  readonly [option: string]: OptionCheck | OptionChecks;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Ready-made rules. A rule speaks of values that were given; `undefined` means "not given". */
export const check = {
  function: { test: (value) => typeof value === 'function', must: 'be a function' },
  boolean: { test: (value) => typeof value === 'boolean', must: 'be true or false' },
  object: { test: isObject, must: 'be an object' },
  text: {
    test: (value) => typeof value === 'string' && value !== '',
    must: 'be a string that is not empty',
  },
  positive: {
    test: (value) => typeof value === 'number' && Number.isFinite(value) && value > 0,
    must: 'be a finite number above 0',
  },
  milliseconds: {
    test: (value) => typeof value === 'number' && value > 0 && value <= longestTimerMs,
    must: `be a number of milliseconds above 0, at most ${longestTimerMs}`,
  },
  count: {
    test: (value) => Number.isInteger(value) && (value as number) > 0,
    must: 'be a whole number above 0',
  },
  share: {
    test: (value) => typeof value === 'number' && value >= 0 && value <= 1,
    must: 'be a number from 0 to 1',
  },
  /** A share that is never all: a margin, a harm. */
  belowOne: {
    test: (value) => typeof value === 'number' && value >= 0 && value < 1,
    must: 'be a number from 0 to below 1',
  },
  /** A chance that neither never nor always comes true. */
  chance: {
    test: (value) => typeof value === 'number' && value > 0 && value < 1,
    must: 'be a number above 0 and below 1',
  },
  /** Of a ramp: buckets are hundredths of a percent. */
  percent: {
    test: (value) =>
      typeof value === 'number' &&
      value >= 0 &&
      value <= 100 &&
      Math.round(value * 100) / 100 === value,
    must: 'be a number from 0 to 100 with up to two decimals',
  },
  score: {
    test: (value) => typeof value === 'number' && value >= 0 && value <= 10,
    must: 'be a number from 0 to 10',
  },
  signal: { test: (value) => value instanceof AbortSignal, must: 'be an AbortSignal' },
  /** One of another make is heard as well, where nothing but its listeners is asked for. */
  heardSignal: {
    ...having('addEventListener', 'removeEventListener'),
    must: 'be an AbortSignal',
  },
  clock: having('now', 'monotonic', 'setTimeout', 'clearTimeout'),
  names: {
    test: (value) =>
      Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== ''),
    must: 'be a list of names',
  },
} satisfies Record<string, OptionCheck>;

/** A rule for an option that must be one of a few values. */
export function oneOf(...values: readonly unknown[]): OptionCheck {
  return {
    test: (value) => values.includes(value),
    must: `be one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
  };
}

/** A rule for an option that may also be `false`, which turns the thing off. */
export function orFalse(rule: OptionCheck): OptionCheck {
  return { test: (value) => value === false || rule.test(value), must: `${rule.must}, or false` };
}

/** A rule for an object that has certain methods. */
export function having(...methods: readonly string[]): OptionCheck {
  return {
    test: (value) => isObject(value) && methods.every((name) => typeof value[name] === 'function'),
    must: `be an object with ${methods.map((name) => `${name}()`).join(' and ')}`,
  };
}

/** The same rule for an option that has to be given. */
export function required(rule: OptionCheck): OptionCheck {
  return { ...rule, required: true };
}

/** Characters of a word that was mistyped; keys are longer, and are given in the place of clients and of functions. */
const longestShown = 20;

/** Names a wrong value without printing what it may hold. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    return value.length <= longestShown
      ? JSON.stringify(value)
      : `a string of ${value.length} characters`;
  }
  if (typeof value === 'function') return 'a function';
  return isObject(value) ? 'an object' : String(value);
}

const isCheck = (rule: OptionCheck | OptionChecks): rule is OptionCheck =>
  typeof rule.test === 'function';

/** Where an option of this name is, further within. */
function placesOf(name: string, checks: OptionChecks, path: string): string[] {
  return Object.entries(checks).flatMap(([key, rule]) => {
    const within = isCheck(rule) ? rule.within : rule;
    if (within === undefined) return [];
    const here = `${path}${key}.`;
    const own = Object.hasOwn(within, name) ? [`${here}${name}`] : [];
    return [...own, ...placesOf(name, within, here)];
  });
}

/** Every issue of an options object; empty when it can be used. Unknown options are issues too. */
export function issuesOf(options: unknown, checks: OptionChecks, path = ''): string[] {
  if (!isObject(options)) {
    return [`${path.slice(0, -1) || 'options'} must be an object, not ${show(options)}`];
  }
  const issues: string[] = [];
  for (const key of Object.keys(options)) {
    // What there is is told once: an object that is something else altogether has many that are not.
    if (!Object.hasOwn(checks, key))
      issues.push(unknownIssue(key, checks, path, issues.length === 0));
  }
  // In a loop: each call of the client comes by here, and nearly all are right.
  for (const key of Object.keys(checks)) {
    const [rule, value] = [checks[key] as OptionCheck | OptionChecks, options[key]];
    if (!isCheck(rule)) {
      if (value !== undefined) issues.push(...issuesOf(value, rule, `${path}${key}.`));
    } else if (value === undefined) {
      if (rule.required) issues.push(`${path}${key} is missing: it must ${rule.must}`);
    } else if (!rule.test(value)) {
      issues.push(`${path}${key} must ${rule.must}, not ${show(value)}`);
    }
  }
  return issues;
}

function unknownIssue(key: string, checks: OptionChecks, path: string, tellsAll: boolean): string {
  const others = placesOf(key, checks, path);
  const all = tellsAll ? ` (there are: ${Object.keys(checks).join(', ')})` : '';
  const mend = others.length === 0 ? '' : `: perhaps ${others.join(' or ')}`;
  return `${path}${key} is not an option${all}${mend}`;
}

/** Throws one `InvalidOptionsError` with every issue, if there is any. */
export function refuse(subject: string, issues: readonly string[]): void {
  if (issues.length > 0) throw new InvalidOptionsError(subject, issues);
}
