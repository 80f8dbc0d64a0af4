import type { AnyFunctionTool } from '../sdk-types.ts';

type Invoke = AnyFunctionTool['invoke'];

const never = async (): Promise<boolean> => false;
const always = async (): Promise<boolean> => true;

/** The SDK groups tools by symbols of its own. */
function namespaceOf(tool: AnyFunctionTool): Partial<AnyFunctionTool> {
  const symbols = Object.getOwnPropertySymbols(tool).filter(({ description }) =>
    description?.startsWith('functionToolNamespace'),
  );
  return Object.fromEntries(
    symbols.map((symbol) => [symbol, (tool as unknown as Record<symbol, unknown>)[symbol]]),
  );
}

/**
 * A tool that looks the same to the model and does something else. Nothing of the original runs: no approval, no guardrail,
 * no extractor, no formatter of errors.
 */
export function guardedTool(tool: AnyFunctionTool, invoke: Invoke): AnyFunctionTool {
  return {
    ...namespaceOf(tool),
    type: 'function',
    name: tool.name,
    description: tool.description,
    parameters: tool.parameters,
    strict: tool.strict,
    ...(tool.providerData && { providerData: tool.providerData }),
    ...(tool.allowedCallers && { allowedCallers: tool.allowedCallers }),
    invoke,
    needsApproval: never,
    isEnabled: always,
  };
}
