interface Given {
  readonly name?: unknown;
  readonly toolName?: unknown;
  readonly arguments?: unknown;
  readonly args?: unknown;
  readonly input?: unknown;
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown } | null;
}

/** What a tool call names and was made with, in our words, the AI SDK's, LangChain's or those of chat completions. */
export function namedCall(call: unknown): { readonly name: unknown; readonly arguments: unknown } {
  const given = (call ?? {}) as Given;
  return {
    name: given.name ?? given.toolName ?? given.function?.name,
    arguments: given.arguments ?? given.input ?? given.args ?? given.function?.arguments,
  };
}
