import { AgentHooks, type AgentInputItem } from '@openai/agents';
import { attempt } from '../core/attempt.ts';
import { placeOfRun } from './place-of-run.ts';
import { userMessageOf } from './user-message.ts';

/** What is known of one run: its last message, and the one that each of its agents was started with. */
interface Messages {
  latest: string;
  readonly byAgent: WeakMap<object, string>;
}

const runs = new WeakMap<object, Messages>();
let isWatching = false;

function note(run: object, agent: object, input: AgentInputItem[] | undefined): void {
  const known = runs.get(run) ?? { latest: '', byAgent: new WeakMap() };
  // A conversation that the provider keeps shows a later agent nothing of the user.
  known.latest = userMessageOf(input) || known.latest;
  known.byAgent.set(agent, known.latest);
  runs.set(run, known);
}

function noteAll(runContext: object, agent: object, input: AgentInputItem[] | undefined): void {
  note(runContext, agent, input);
  const place = placeOfRun();
  if (place !== undefined) note(place, agent, input);
}

/**
 * Begins to remember the messages of runs. The SDK gives its instructions functions no input, and a function that is asked
 * for the first time comes too late to listen to its agent: so every agent's `agent_start` is looked at as it is emitted.
 */
export function watchRunMessages(): void {
  if (isWatching) return;
  isWatching = true;
  const { emit } = AgentHooks.prototype;
  const value = function watched(this: unknown, ...args: unknown[]): unknown {
    if (args[0] === 'agent_start') {
      attempt(() => noteAll(args[1] as object, args[2] as object, args[3] as AgentInputItem[]));
    }
    return Reflect.apply(emit, this, args);
  };
  Object.defineProperty(AgentHooks.prototype, 'emit', {
    value,
    writable: true,
    configurable: true,
  });
}

/** The user's message that an agent of a run works on; empty when it is not known. */
export function messageOf(runContext: object, agent: object): string {
  const place = placeOfRun();
  // One that was interrupted goes on in another place.
  const known = (place && runs.get(place)) ?? runs.get(runContext);
  return known?.byAgent.get(agent) ?? known?.latest ?? '';
}
