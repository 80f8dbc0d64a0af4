import { check, issuesOf, refuse, required } from '../core/option-checks.ts';
import type { Stage } from '../core/stage.ts';
import { defaultAnswer } from './default-answer.ts';
import type { FlagProvider, FlagResolution } from './provider.ts';
import { stageResolutions } from './stage-resolutions.ts';
import { stageCheck } from './tenant-stages.ts';

const everyRoute = 'ENGRAMIA_CUTOVER_STAGE';
const oneRoute = /^ENGRAMIA_CUTOVER_[A-Z0-9_]+_STAGE$/;
const answers = stageResolutions('STATIC');

/**
 * Flags from the environment, read once, now: `ENGRAMIA_CUTOVER_STAGE` for every route, `ENGRAMIA_CUTOVER_<NAME>_STAGE`
 * for one, which wins. `<NAME>` is the route's name in upper case, with `_` for whatever is neither letter nor digit of
 * ASCII. All tenants of a route get the same stage; a route without a variable gets the cutover's default stage.
 *
 * @param env Where the variables are. @default process.env
 * @throws InvalidOptionsError naming every variable whose value, an empty one too, is not a stage; for what holds none
 */
export function environmentFlags(
  env: Readonly<Record<string, string | undefined>> = process.env,
): FlagProvider {
  refuse('environmentFlags()', issuesOf({ env }, { env: required(check.object) }));
  const given = Object.entries(env).filter(
    ([variable]) => variable === everyRoute || oneRoute.test(variable),
  );
  const rules = Object.fromEntries(given.map(([variable]) => [variable, stageCheck]));
  refuse('environmentFlags()', issuesOf(Object.fromEntries(given), rules));

  const byVariable = new Map(given.map(([variable, stage]) => [variable, answers[stage as Stage]]));
  const others = byVariable.get(everyRoute);
  // Flag keys are written in the app's code: there are as many as routes.
  const byFlagKey = new Map<string, FlagResolution | undefined>();
  const answerOf = (flagKey: string): FlagResolution | undefined => {
    if (byFlagKey.has(flagKey)) return byFlagKey.get(flagKey);
    const answer = byVariable.get(variableOf(flagKey)) ?? others;
    if (byFlagKey.size < maxFlagKeys) byFlagKey.set(flagKey, answer);
    return answer;
  };
  return {
    metadata: { name: 'environment' },
    inProcess: true,
    resolveStringEvaluation: (flagKey, defaultValue) =>
      answerOf(flagKey) ?? defaultAnswer(defaultValue),
  };
}

const maxFlagKeys = 1_000;

function variableOf(flagKey: string): string {
  const name = flagKey.replace(/^cutover\./, '').replace(/[^A-Za-z0-9]/g, '_');
  return `ENGRAMIA_CUTOVER_${name.toUpperCase()}_STAGE`;
}
