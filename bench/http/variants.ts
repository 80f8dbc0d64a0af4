/**
 * What a server is measured as. `twin` is `bare` again: what two servers that are the same differ by is the noise. `busier` is
 * `bare` with `busierMicros` of work more: what it adds shows whether the figures are true to scale.
 */
export const variants = [
  'bare',
  'twin',
  'busier',
  'off',
  'dualwrite',
  'shadow',
  'live',
  'launchDarkly',
] as const;

/** What `busier` works more for each request. */
export const busierMicros = 10;

export type Variant = (typeof variants)[number];

/** The frameworks that are measured. */
export const frameworks = ['Express 5', 'Fastify 5'] as const;

export type Framework = (typeof frameworks)[number];

/** The stages in which ours is measured. */
export const stages = ['off', 'dualwrite', 'shadow', 'live'] as const satisfies Variant[];

export const isStage = (variant: Variant): variant is (typeof stages)[number] =>
  (stages as readonly Variant[]).includes(variant);
