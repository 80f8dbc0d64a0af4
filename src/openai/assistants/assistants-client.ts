/** What a leg uses of a client of the package `openai`, version 6 or newer: its generic calls. */
export interface AssistantsClient {
  get(path: string, options?: object): PromiseLike<unknown>;
  post(path: string, options?: object): PromiseLike<unknown>;
  delete(path: string, options?: object): PromiseLike<unknown>;
}
