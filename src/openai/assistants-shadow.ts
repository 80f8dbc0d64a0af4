import type { CallContext } from '../core/call-context.ts';
import { type Answer, type AssistantsApi, pathTo } from './assistants-api.ts';
import { type Fields, fieldsOf, listOf, textOf } from './fields.ts';
import type { Lifetime } from './lifetime.ts';

const nameOf = (tool: unknown): string => {
  const { type, function: described } = fieldsOf(tool);
  return textOf(fieldsOf(described).name) ?? textOf(type) ?? '';
};

/** A thread that is made for one run in the shadow, and thrown away after it. */
export class ShadowThread {
  readonly #api: AssistantsApi;
  readonly #lifetime: Lifetime;
  /** Not the call's own: what was made must be known to be deleted. */
  readonly #late = new AbortController();
  #made: Promise<Answer> | undefined;

  constructor(api: AssistantsApi, lifetime: Lifetime) {
    this.#api = api;
    this.#lifetime = lifetime;
  }

  /** Makes the thread, with the conversation as it was served, and gives its id. */
  async open(context: CallContext): Promise<string> {
    const turns = await this.#lifetime.until(context.history());
    const messages = turns.map(({ role, text }) => ({ role, content: text }));
    this.#lifetime.signal.throwIfAborted();
    this.#made = this.#api.post(pathTo('threads'), this.#late.signal, { messages });
    const { body } = await this.#lifetime.until(this.#made);
    return textOf(body.id) ?? '';
  }

  /** A run's fields without the tools that could change something. */
  async harmless(body: Fields, readOnly: ReadonlySet<string>): Promise<Fields> {
    const { signal } = this.#lifetime;
    const tools = body.tools ?? (await this.#toolsOf(textOf(body.assistant_id) ?? '', signal));
    const kept = listOf(tools).filter((tool) => readOnly.has(nameOf(tool)));
    // Whether a service takes an empty list for "none" is not said everywhere; the choice is.
    return { ...body, tools: kept, tool_choice: kept.length === 0 ? 'none' : 'auto' };
  }

  /** Deletes it, if it was made. Never rejects. */
  async remove(): Promise<void> {
    const made = await this.#made?.catch(() => undefined);
    const id = textOf(made?.body.id);
    if (id !== undefined) await this.#api.delete(pathTo('threads', id), this.#late.signal);
  }

  async #toolsOf(assistantId: string, signal: AbortSignal): Promise<unknown> {
    const asked = this.#api.get(pathTo('assistants', assistantId), signal);
    return (await this.#lifetime.until(asked)).body.tools;
  }
}
