import { Runner } from '@openai/agents';

const told = [
  'agent_start',
  'agent_end',
  'agent_handoff',
  'agent_tool_start',
  'agent_tool_end',
] as const;

/** Whether a value is a plain runner of another copy of the SDK: what an app has made itself runs as it is. */
function isOfAnotherCopy(runner: Partial<Runner>): boolean {
  if (runner instanceof Runner || typeof runner.emit !== 'function') return false;
  const made = (Object.getPrototypeOf(runner) as object | null)?.constructor;
  return made?.name === Runner.name && typeof runner.config?.modelProvider === 'object';
}

/**
 * The app's runner; where it is of another copy of the SDK, as an app that uses `require()` has, one of this copy with its
 * configuration, that tells its hooks. To that copy our context would be the app's value: tools would find it in the place of
 * theirs, and the run would go on unseen, without a `commit()`.
 */
export function ownRunner(runner: Runner): Runner {
  if (!isOfAnotherCopy(runner)) return runner;
  const own = new Runner(runner.config);
  for (const type of told) {
    own.on(
      type,
      (...facts: unknown[]) => void Reflect.apply(runner.emit, runner, [type, ...facts]),
    );
  }
  return own;
}
