import { attempt } from './core/attempt.ts';
import { idleField } from './core/idle-field.ts';
import { show } from './core/option-checks.ts';

/** What a kill was given, in whatever form: the way back refuses nothing. */
export interface KillOrder {
  readonly reason: string;
  readonly force: boolean;
  /** What of it does nothing; undefined: there is nothing of that kind. */
  readonly idle: string | undefined;
}

const known = ['force', 'reason'];

/** Reads what `kill` was called with: options in the place of the reason are options, and may hold it. Never throws. */
export function toKillOrder(given: unknown, options: unknown): KillOrder {
  const how = options ?? (typeof given === 'string' ? undefined : given);
  const fields: { readonly force?: unknown; readonly reason?: unknown } =
    typeof how === 'object' && how !== null ? how : {};
  const force = attempt(() => fields.force);
  const reason = typeof given === 'string' ? given : attempt(() => fields.reason);
  return {
    reason: typeof reason === 'string' ? reason : 'killed by hand',
    // Nothing but `true`: everybody gets a leg that is known to be gone.
    force: force === true,
    idle: typeof how === 'boolean' ? `${how}` : attempt(() => idleIn(fields, force)),
  };
}

function idleIn(fields: object, force: unknown): string | undefined {
  if (force !== undefined && typeof force !== 'boolean')
    return `its force, which is ${show(force)}`;
  const name = idleField(fields, known);
  return name === undefined ? undefined : show(name);
}
