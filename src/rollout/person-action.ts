import { issuesOf, type OptionCheck, refuse, required } from '../core/option-checks.ts';

/** Who acts, and why: no person's action is taken without. */
export interface PersonAction {
  /** The person's name as the app knows it; it goes into the trail. */
  readonly actor: string;
  /** Why, in words; it goes into the trail as well, and so must hold no personal data. */
  readonly reason: string;
  /** The same id again is the same action: it is entered once. */
  readonly requestId?: string | undefined;
  /** The version that the person has seen: refused when another is in force. */
  readonly expectVersion?: number | undefined;
}

/** Code units of what a person says: an entry of the trail is one line. */
export const longestSaid = 10_000;

const said: OptionCheck = {
  test: (value) =>
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= longestSaid &&
    value.isWellFormed(),
  must: `be a text that is not empty, of ${longestSaid} code units at most, without half a character`,
};
const personChecks = {
  actor: required({
    test: (value) => said.test(value) && value !== 'system',
    must: `name the person who acts, not "system", and ${said.must}`,
  }),
  reason: required(said),
  requestId: said,
  expectVersion: { test: (value: unknown) => Number.isSafeInteger(value), must: 'be a version' },
};

/**
 * Refuses an action that names no person or no reason, or has options that it cannot have.
 *
 * @throws InvalidOptionsError naming all that is missing
 */
export function refuseNameless(
  action: string,
  by: unknown,
  more: Readonly<Record<string, OptionCheck>> = {},
): void {
  refuse(`rollout.${action}()`, issuesOf(by, { ...personChecks, ...more }));
}

/**
 * The same action in words that a trail can hold: the way back is not refused for the length of an alert that it quotes, or for
 * half a character at the end of one that was cut.
 */
export function inOrder<Action extends PersonAction>(by: Action): Action {
  const { actor, reason, requestId }: Partial<PersonAction> = by ?? {};
  return {
    ...by,
    actor: cutSaid(actor),
    reason: cutSaid(reason),
    ...(requestId !== undefined && { requestId: cutSaid(requestId) }),
  };
}

const cutSaid = <Said>(text: Said): Said | string =>
  typeof text === 'string' ? text.slice(0, longestSaid).toWellFormed() : text;
