import type { CallContext } from '../../core/call/call-context.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../fields.ts';
import { type Lifetime, tidyMs } from '../lifetime.ts';
import { messagesOf } from '../messages-of.ts';
import { type Answer, type AssistantsApi, pathTo } from './assistants-api.ts';

/** Messages that services take with a new thread: with more they refuse it. */
const mostMessages = 32;

const nameOf = (tool: unknown): string => {
  const { type, function: described } = fieldsOf(tool);
  return textOf(fieldsOf(described).name) ?? textOf(type) ?? '';
};

/** A thread that is made for one run in the shadow, and thrown away after it. */
export class ShadowThread {
  readonly #api: AssistantsApi;
  readonly #lifetime: Lifetime;
  readonly #clock: Clock;
  /** Not the call's own: what was made must be known to be deleted. */
  readonly #late = new AbortController();
  #made: Promise<Answer> | undefined;

  constructor(api: AssistantsApi, lifetime: Lifetime, clock: Clock = systemClock) {
    this.#api = api;
    this.#lifetime = lifetime;
    this.#clock = clock;
  }

  /** Makes the thread, with the conversation as it was served, and gives its id. */
  async open(context: CallContext): Promise<string> {
    const messages = messagesOf(await this.#lifetime.until(context.history(mostMessages)));
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

  /** Deletes it, if it was made. Never rejects, and lets a service that hangs keep nobody waiting for long. */
  async remove(): Promise<void> {
    if (this.#made === undefined) return;
    const timer = this.#clock.setTimeout(() => this.#late.abort(), tidyMs);
    const removed = this.#made.then(({ body }) => {
      const id = textOf(body.id);
      return id === undefined ? id : this.#api.delete(pathTo('threads', id), this.#late.signal);
    });
    await removed.then(undefined, () => undefined);
    this.#clock.clearTimeout(timer);
  }

  async #toolsOf(assistantId: string, signal: AbortSignal): Promise<unknown> {
    const asked = this.#api.get(pathTo('assistants', assistantId), signal);
    return (await this.#lifetime.until(asked)).body.tools;
  }
}
