import type { RolloutState } from '../core/contracts/rollout-state.ts';
import { CutoverError } from '../core/errors.ts';
import { isStage, type Stage, stages } from '../core/stage.ts';

type Fields = Readonly<Partial<Record<keyof RolloutState, unknown>>>;

const serves = (leg: 'legacy' | 'candidate') => (stage: unknown) =>
  isStage(stage) && stages[stage].serves === leg;

const isPercent = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value <= 100;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What says who is in which stage. All else may be of a newer version, which this one leaves as it is. */
const rules: readonly (readonly [
  field: keyof RolloutState,
  test: (value: unknown) => boolean,
  must: string,
])[] = [
  ['version', Number.isSafeInteger, 'be a whole number'],
  ['from', serves('legacy'), 'be off, dualwrite or shadow'],
  ['to', serves('candidate'), 'be live, rampdown or complete'],
  ['percent', isPercent, 'be a number from 0 to 100'],
  ['salt', (value) => typeof value === 'string', 'be a string'],
  ['hash', (value) => value === 'v1', 'be "v1", the only one that this version knows'],
  ['since', Number.isFinite, 'be milliseconds since the epoch'],
  ['step', Number.isSafeInteger, 'be a whole number'],
];

/**
 * A state that was read, if it can be obeyed. `known` are overrides that were looked at before.
 *
 * @throws CutoverError with the code `ERR_CUTOVER_STATE`, naming all that cannot be obeyed; no tenant is named
 */
function usableState(value: unknown, known?: RolloutState['overrides']): RolloutState {
  if (!isObject(value)) throw unusable(['it must be an object']);
  const fields = value as Fields;
  const issues = rules
    .filter(([field, test]) => !test(fields[field]))
    .map(([field, , must]) => `${field} must ${must}`);
  const { overrides } = fields;
  const areStages = overrides === known || areUsable(overrides);
  if (!areStages) issues.push('overrides must be an object whose values are stages');
  if (issues.length > 0) throw unusable(issues);
  return value as RolloutState;
}

/** The same of its text; with `known`, these are its overrides in place of those in the text. */
export function usableStateIn(text: string, known?: RolloutState['overrides']): RolloutState {
  try {
    const state = JSON.parse(text);
    return usableState(known === undefined ? state : { ...state, overrides: known }, known);
  } catch (cause) {
    throw cause instanceof SyntaxError ? unusable(['it must be JSON'], cause) : cause;
  }
}

function areUsable(overrides: unknown): overrides is Readonly<Record<string, Stage>> {
  return isObject(overrides) && Object.values(overrides).every(isStage);
}

function unusable(issues: readonly string[], cause?: unknown): CutoverError {
  const message = `The state of a rollout in the store cannot be obeyed: ${issues.join('; ')}. Who has edited it has to put it right, under a higher version.`;
  return new CutoverError('ERR_CUTOVER_STATE', message, { cause });
}
