import { bucketOf, bucketsIn, defaultSalt, saltSeed } from '../../core/bucket.ts';
import type { Stage } from '../../core/stage.ts';
import { defaultAnswer } from '../default-answer.ts';
import type { EvaluationContext, FlagResolution } from '../provider.ts';
import { userOf } from '../source/evaluation-context.ts';
import { stageResolutions } from '../stage-resolutions.ts';
import type { FileRamp, FileRules, FlagFile } from './flag-file-schema.ts';

/** What holds for the tenants that nobody names. */
type Rest = (context: EvaluationContext) => FlagResolution | undefined;

/** The rules of one route, with those of all routes behind them. */
interface RouteTable {
  readonly own: ReadonlyMap<string, FlagResolution> | undefined;
  readonly rest: Rest;
}

const byStage = stageResolutions('STATIC');
const byName = stageResolutions('TARGETING_MATCH');
const bySplit = stageResolutions('SPLIT');
const nothing: Rest = () => undefined;

/**
 * A flag file made ready for questions. The nearest rule wins: the tenant as the route names it, as all routes name it,
 * then the ramp or the stage of the route, then of all routes, then the default.
 */
export class FlagTable {
  readonly #named: ReadonlyMap<string, FlagResolution>;
  readonly #others: RouteTable;
  readonly #routes = new Map<string, RouteTable>();

  constructor(file: FlagFile) {
    const rest = restOf(file, file.stage) ?? nothing;
    this.#named = namedIn(file) ?? new Map();
    this.#others = { own: undefined, rest };
    const routes = [...(file.routes ?? [])].map(
      ([name, rules]) =>
        [name, { own: namedIn(rules), rest: restOf(rules, file.stage) ?? rest }] as const,
    );
    // A route is asked for by its flag's key, which is its name behind "cutover." unless the app says otherwise.
    for (const [name, table] of routes) this.#routes.set(`cutover.${name}`, table);
    for (const [name, table] of routes) this.#routes.set(name, table);
  }

  answer(flagKey: string, defaultStage: string, context: EvaluationContext): FlagResolution {
    const { targetingKey } = context;
    const { own, rest } = this.#routes.get(flagKey) ?? this.#others;
    const named =
      targetingKey === undefined
        ? undefined
        : (own?.get(targetingKey) ?? this.#named.get(targetingKey));
    return named ?? rest(context) ?? defaultAnswer(defaultStage);
  }
}

function namedIn({ tenants }: FileRules): Map<string, FlagResolution> | undefined {
  return tenants && new Map([...tenants].map(([tenant, stage]) => [tenant, byName[stage]]));
}

function restOf({ stage, percent }: FileRules, everywhere: Stage | undefined): Rest | undefined {
  if (percent !== undefined) return rampOf(percent, percent.from ?? stage ?? everywhere);
  if (stage === undefined) return undefined;
  const answer = byStage[stage];
  return () => answer;
}

function rampOf({ to, percent, salt = defaultSalt, by }: FileRamp, from: Stage | undefined): Rest {
  const inside = bySplit[to];
  const outside = from && bySplit[from];
  const threshold = bucketsIn(percent);
  const seed = saltSeed(salt);
  return (context) => {
    const { targetingKey } = context;
    if (targetingKey === undefined) return outside;
    const unit = (by === 'user' ? userOf(context) : undefined) ?? targetingKey;
    return bucketOf(seed, unit) < threshold ? inside : outside;
  };
}
