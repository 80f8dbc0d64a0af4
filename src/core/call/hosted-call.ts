import { parsedJson } from '../text/parsed-json.ts';
import { type ResponseItem, responseToolCall } from './response-tool-call.ts';
import type { ToolCall } from './subject.ts';

/** What a run tells of a tool that ran at the provider. */
export interface HostedItem {
  readonly name?: unknown;
  readonly arguments?: unknown;
  readonly output?: unknown;
  /** The provider's own item, but for what the SDK has taken out of it. */
  readonly providerData?: ResponseItem | undefined;
}

/**
 * The call that it tells of; undefined: it is none, a list of an MCP server's tools say. The SDK names a call of the Responses API
 * by the type of its item, and leaves what it was called with in there: so it would never be the same call as that of another leg.
 */
export function hostedCall(item: HostedItem): ToolCall | undefined {
  const { name, arguments: given, output, providerData } = item;
  if (typeof providerData?.type !== 'string') {
    return typeof name === 'string' ? { name, arguments: parsedJson(given) } : undefined;
  }
  // A picture is no result that anybody compares, and may be megabytes.
  const isPicture = providerData.type === 'image_generation_call';
  return responseToolCall(isPicture ? providerData : { ...providerData, output });
}
