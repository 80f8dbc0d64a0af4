import { externalCases } from './cases/external.ts';
import { idsOf, message } from './cases/legs.ts';
import { measureCases, medianRatio } from './measure.ts';

/** CPU a call with the flags of a service behind the decision cache, against the same router with a flag of this process. */
export interface ExternalFigures {
  readonly openFeature: number;
  readonly launchDarkly: number;
  /** For users, each with attributes, of one tenant. */
  readonly byUser: number;
}

/** Measures a cache that is hot: a thousand tenants, or users, over and over. */
export async function externalFigures(rounds: number): Promise<ExternalFigures> {
  using external = await externalCases();
  const costs = await measureCases(external.cases, { users: idsOf(1_000), message, rounds });
  return {
    openFeature: medianRatio(costs.openFeature.path, costs.static.path),
    launchDarkly: medianRatio(costs.launchDarkly.path, costs.static.path),
    byUser: medianRatio(costs.openFeatureByUser.path, costs.staticByUser.path),
  };
}
