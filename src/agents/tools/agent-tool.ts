import type { AgentToolOptionsWithDefault } from '@openai/agents';
import { check, having, issuesOf, refuse, required } from '../../core/option-checks.ts';
import type { AnyAgent, AnyFunctionTool, AnyRunContext } from '../sdk-types.ts';

/** The options of the SDK's `agent.asTool`, for a tool that takes a text. */
export type AgentToolOptions = AgentToolOptionsWithDefault<AnyRunContext['context'], AnyAgent>;

/** The agent behind a tool. */
export interface ToolSource {
  readonly agent: AnyAgent;
  readonly options: AgentToolOptions;
}

type MadeTool = ReturnType<typeof asTool>;

const asTool = (agent: AnyAgent, options: AgentToolOptions) => agent.asTool(options);

const checks = { agent: required(having('asTool')), options: required(check.object) };

// By the function: copies of a tool, as those in a namespace, share it.
const sources = new WeakMap<object, ToolSource>();

/**
 * Makes an agent a tool, as `agent.asTool(options)` does, and remembers the agent: in a mirrored run it is then asked like
 * any other, with tools that cannot act. What `asTool` itself made does not tell its agent, and is denied there.
 *
 * @throws InvalidOptionsError for what is no agent, and without options; what `asTool` throws of them
 * @example
 * const tools = [agentTool(researcher, { toolName: 'research', toolDescription: 'Finds sources.' })];
 */
export function agentTool(agent: AnyAgent, options: AgentToolOptions): MadeTool {
  refuse('agentTool()', issuesOf({ agent, options }, checks));
  const made = asTool(agent, options);
  sources.set(made.invoke, { agent, options });
  return made;
}

/** The agent that a tool was made of by `agentTool`. */
export const sourceOf = (tool: AnyFunctionTool): ToolSource | undefined => sources.get(tool.invoke);
