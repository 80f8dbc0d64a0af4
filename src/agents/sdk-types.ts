import type { AgentInputItem, ToolEnabledFunction } from '@openai/agents';

// Taken from the SDK's own signatures: an agent of any context and any output.
/** An agent, whatever its context and its output. */
export type AnyAgent = Parameters<ToolEnabledFunction>[1];
/** A tool of any kind. */
export type AnyTool = AnyAgent['tools'][number];
/** A tool that runs in this process. */
export type AnyFunctionTool = Extract<AnyTool, { type: 'function' }>;
/** What a run carries for its tools and instructions. */
export type AnyRunContext = Parameters<AnyFunctionTool['invoke']>[0];
/** A way to another agent. */
export type AnyHandoff = Awaited<ReturnType<AnyAgent['getEnabledHandoffs']>>[number];
/** What a run begins with. */
export type RunInput = string | AgentInputItem[];
