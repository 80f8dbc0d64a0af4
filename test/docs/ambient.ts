/** What a block may use without declaring it: the reader's own code. */
export const ambient = {
  types: `
import type { CallContext } from 'engramia-cutover';
declare global {
  /** The handler that answers today. */
  var existingHandler: (userId: string, message: string) => Promise<string>;
  /** The agent that is to answer. */
  var runAgent: (message: string, context: CallContext) => Promise<string>;
}
`,
  values: `
globalThis.existingHandler = async (userId, message) => 'legacy: ' + message;
globalThis.runAgent = async (message) => 'candidate: ' + message;
`,
};
