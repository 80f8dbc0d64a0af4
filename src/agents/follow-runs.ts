import type { Runner } from '@openai/agents';
import { type CalledTool, runOf } from './candidate-run.ts';
import type { AnyAgent } from './sdk-types.ts';

const followed = new WeakSet<Runner>();

/** Tools that act at the provider while the model answers: there is no later moment to ask at. */
function hostedActors({ tools }: AnyAgent): string[] {
  return tools
    .filter(
      (tool) =>
        (tool.type === 'hosted_tool' && tool.providerData?.type === 'mcp') ||
        (tool.type === 'shell' && tool.shell === undefined),
    )
    .map(({ name }) => name);
}

/**
 * Follows the runs of a runner that candidates answer with; all other runs pass unseen. A listener that throws ends the run
 * before the tool is called, which is what a run that was superseded must do.
 */
export function followRuns(runner: Runner): void {
  if (followed.has(runner)) return;
  followed.add(runner);
  runner.on('agent_start', (runContext, agent) => {
    const run = runOf(runContext);
    if (run !== undefined) for (const tool of hostedActors(agent)) run.acts(tool);
  });
  runner.on('agent_tool_start', (runContext, _agent, tool, { toolCall }) => {
    runOf(runContext)?.toolStarts(tool, toolCall as CalledTool);
  });
  runner.on('agent_tool_end', (runContext, _agent, _tool, result, { toolCall }) => {
    runOf(runContext)?.toolEnded(toolCall as CalledTool, result);
  });
  // Before a stream closes: whoever reads it to its end finds the facts complete.
  runner.on('agent_end', (runContext) => runOf(runContext)?.report());
}
