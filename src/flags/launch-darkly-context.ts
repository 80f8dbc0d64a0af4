import type { EvaluationContext } from './provider.ts';

/** A context of one kind, as LaunchDarkly takes it. */
export interface LaunchDarklyContext {
  readonly kind: string;
  readonly key: string;
  readonly [attribute: string]: unknown;
}

// A context with a wrong one of these is refused as a whole, and the tenant would get no answer.
const reserved: Readonly<Record<string, (value: unknown) => boolean>> = {
  _meta: () => false,
  name: (value) => typeof value === 'string',
  anonymous: (value) => typeof value === 'boolean',
};

/** The context that a tenant is asked for by, with the call's user and attributes; undefined for a call that names nobody. */
export function launchDarklyContext(
  kind: string,
  { targetingKey, ...attributes }: EvaluationContext,
): LaunchDarklyContext | undefined {
  if (targetingKey === undefined || targetingKey === '') return undefined;
  const fitting = Object.entries(attributes).filter(([name, value]) =>
    Object.hasOwn(reserved, name) ? reserved[name]?.(value) : true,
  );
  return { ...Object.fromEntries(fitting), kind, key: targetingKey };
}
