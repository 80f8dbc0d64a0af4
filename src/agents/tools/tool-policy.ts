import type { AnyTool } from '../sdk-types.ts';

/**
 * What becomes of a tool's calls in a mirrored run.
 *
 * - `execute`: it runs; the app vouches that it changes nothing.
 * - `replay`: it is answered with what legacy's call of the same name and arguments was answered with.
 * - `deny`: it does not run, and the model is told so.
 * - `stub`: it is answered with a value of the app's, or what a function makes of the arguments.
 */
export type ToolPolicy = 'execute' | 'replay' | 'deny' | { readonly stub: unknown };

/** What becomes of tools in mirrored runs. */
export interface ToolRules {
  readonly readOnly: ReadonlySet<string>;
  readonly byName: ReadonlyMap<string, ToolPolicy>;
  /** For tools that nothing is said of. */
  readonly others: ToolPolicy;
}

/** Hosted tools that only read, where the app says so: what an MCP server does, or what a search loads, nobody here can know. */
const readers = new Set(['web_search', 'web_search_preview', 'file_search', 'code_interpreter']);

/** The policy of a tool that was said something of; undefined: nothing was. */
export function declaredPolicy(rules: ToolRules, name: string): ToolPolicy | undefined {
  return rules.byName.get(name) ?? (rules.readOnly.has(name) ? 'execute' : undefined);
}

/** Whether a tool that does not run in this process may stay in a mirrored run. */
export function mayStay(rules: ToolRules, tool: AnyTool): boolean {
  if (tool.type !== 'hosted_tool' || declaredPolicy(rules, tool.name) !== 'execute') return false;
  const kind: unknown = tool.providerData?.type;
  return typeof kind === 'string' && readers.has(kind);
}

/** Whether a value is a policy. */
export function isToolPolicy(value: unknown): boolean {
  if (value === 'execute' || value === 'replay' || value === 'deny') return true;
  return typeof value === 'object' && value !== null && 'stub' in value;
}
