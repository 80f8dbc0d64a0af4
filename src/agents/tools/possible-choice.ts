import type { ModelSettings } from '@openai/agents';
import type { AnyTool } from '../sdk-types.ts';

/** What an agent has before and after tools were taken away from it. */
export interface LeftTools {
  readonly before: readonly AnyTool[];
  readonly left: readonly AnyTool[];
  readonly hasHandoffs: boolean;
}

const isCalled = (tool: AnyTool, name: unknown): boolean =>
  tool.name === name || (tool.type === 'hosted_tool' && tool.providerData?.type === name);

/** Whether tools were taken away without which a choice cannot be made. */
function isGone(choice: unknown, { before, left, hasHandoffs }: LeftTools): boolean {
  if (choice === 'required') return before.length > 0 && left.length === 0 && !hasHandoffs;
  const [was, is] = [before, left].map((tools) => tools.some((tool) => isCalled(tool, choice)));
  return was === true && is === false;
}

/** The settings without a choice of tools that were taken away: the SDK refuses to ask a model so, and the run would fail. */
export function withPossibleChoice(settings: ModelSettings, tools: LeftTools): ModelSettings {
  if (!isGone(settings.toolChoice, tools)) return settings;
  const { toolChoice: _gone, ...rest } = settings;
  return rest;
}
