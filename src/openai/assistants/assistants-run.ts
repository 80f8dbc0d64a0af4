import type { CutoverErrorCode } from '../../core/errors.ts';
import { parsedJson } from '../../core/text/parsed-json.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import { type Fields, fieldsOf, listOf, sentenceOf, textOf } from '../fields.ts';
import { type Lifetime, tidyMs } from '../lifetime.ts';
import { type Answer, type AssistantsApi, pathTo } from './assistants-api.ts';
import { AssistantsRunError } from './assistants-error.ts';
import type { AssistantsSettings, RequestedToolCall } from './assistants-options.ts';
import { PollWaits } from './poll-waits.ts';

/** Gives the results of functions that a run waits for; undefined: nobody gives them. */
export type ToolRunner = (
  calls: readonly RequestedToolCall[],
  runId: string,
) => PromiseLike<readonly unknown[]> | readonly unknown[] | undefined;

/** What a run's status means; one without a row is waited for. */
const endings: Readonly<Record<string, 'completed' | 'requires_action' | CutoverErrorCode>> = {
  completed: 'completed',
  requires_action: 'requires_action',
  failed: 'ERR_OPENAI_RUN_FAILED',
  expired: 'ERR_OPENAI_RUN_EXPIRED',
  cancelled: 'ERR_OPENAI_RUN_CANCELLED',
  incomplete: 'ERR_OPENAI_RUN_INCOMPLETE',
};

// There is no code for it; the sentence names the run that is active.
const busySentence = /active run|while a run .* is active/i;

function isBusy(error: unknown): boolean {
  const fields = fieldsOf(error);
  const { status } = fields;
  return (status === 400 || status === 409) && busySentence.test(sentenceOf(fields));
}

function requestedCalls(run: Fields): RequestedToolCall[] {
  const { submit_tool_outputs: submit } = fieldsOf(run.required_action);
  return listOf(fieldsOf(submit).tool_calls).map((call) => {
    const { id, type, function: called } = fieldsOf(call);
    const { name, arguments: given } = fieldsOf(called);
    return {
      id: textOf(id) ?? '',
      name: textOf(name) ?? textOf(type) ?? 'unknown',
      arguments: parsedJson(given),
    };
  });
}

/** What a call has given, also where it comes as the service takes it: the functions of an app that asked by itself give it so. */
function resultOf(results: readonly unknown[], id: string, index: number): unknown {
  const own = results.map(fieldsOf).find(({ tool_call_id: of }) => of === id);
  return own === undefined ? results[index] : own.output;
}

/** One run of a thread, from its message to its end. */
export class AssistantsRun {
  readonly threadId: string;
  readonly #api: AssistantsApi;
  readonly #lifetime: Lifetime;
  readonly #settings: AssistantsSettings;
  readonly #clock: Clock;
  /** What may go on when the call is over: that a run has begun must be known to cancel it. */
  readonly #late = new AbortController();
  #begun: Promise<Answer> | undefined;
  #isOver = false;

  constructor(
    api: AssistantsApi,
    lifetime: Lifetime,
    settings: AssistantsSettings,
    threadId: string,
  ) {
    this.#api = api;
    this.#lifetime = lifetime;
    this.#settings = settings;
    this.#clock = settings.options.clock ?? systemClock;
    this.threadId = threadId;
  }

  /** Says something in the thread. */
  async say(content: string | readonly object[]): Promise<void> {
    const path = pathTo('threads', this.threadId, 'messages');
    const body = { role: 'user', content };
    await this.#inTurn(() => this.#api.post(path, this.#lifetime.signal, body));
  }

  /**
   * Begins the run and waits for its end.
   *
   * @returns the run as the service tells of it
   * @throws AssistantsRunError when it ends without a reply
   */
  async finish(body: Fields, tools: ToolRunner): Promise<Fields> {
    const path = pathTo('threads', this.threadId, 'runs');
    let answer = await this.#inTurn(() => {
      this.#begun = this.#api.post(path, this.#late.signal, body);
      return this.#begun;
    });
    const waits = new PollWaits(this.#settings);
    for (;;) {
      const run = answer.body;
      const ending = endings[textOf(run.status) ?? ''];
      if (ending === 'requires_action') answer = await this.#giveResults(run, tools);
      else if (ending !== undefined) return this.#ended(run, ending);
      else {
        await this.#lifetime.pause(waits.next(answer.headers));
        answer = await this.#look(run);
      }
    }
  }

  /** Tells the service that nobody waits for the run. Never throws; gives what may be waited for. */
  async cancel(): Promise<void> {
    if (this.#isOver || this.#begun === undefined) return;
    this.#isOver = true;
    const timer = this.#clock.setTimeout(() => this.#late.abort(), tidyMs);
    const cancelled = this.#begun.then(({ body }) =>
      this.#api.post(`${this.#pathTo(body)}/cancel`, this.#late.signal),
    );
    await cancelled.then(undefined, () => undefined);
    this.#clock.clearTimeout(timer);
  }

  #pathTo(run: Fields): string {
    return pathTo('threads', this.threadId, 'runs', textOf(run.id) ?? '');
  }

  #look(run: Fields): Promise<Answer> {
    return this.#lifetime.until(this.#api.get(this.#pathTo(run), this.#lifetime.signal));
  }

  #ended(run: Fields, ending: 'completed' | CutoverErrorCode): Fields {
    this.#isOver = true;
    if (ending === 'completed') return run;
    const told = fieldsOf(run.last_error);
    throw new AssistantsRunError(ending, {
      threadId: this.threadId,
      runId: textOf(run.id),
      reason: textOf(told.code) ?? textOf(fieldsOf(run.incomplete_details).reason),
      detail: textOf(told.message),
    });
  }

  async #giveResults(run: Fields, tools: ToolRunner): Promise<Answer> {
    const calls = requestedCalls(run);
    const runId = textOf(run.id) ?? '';
    const results = calls.length === 0 ? undefined : tools(calls, runId);
    if (results === undefined) throw this.#needsTools(run, calls);
    const outputs = listOf(await this.#lifetime.until(results));
    if (outputs.length !== calls.length) throw this.#needsTools(run, calls);
    const tool_outputs = calls.map(({ id }, index) => {
      const output = resultOf(outputs, id, index);
      return {
        tool_call_id: id,
        output: typeof output === 'string' ? output : (JSON.stringify(output) ?? ''),
      };
    });
    const path = `${this.#pathTo(run)}/submit_tool_outputs`;
    return this.#lifetime.until(this.#api.post(path, this.#lifetime.signal, { tool_outputs }));
  }

  #needsTools(run: Fields, calls: readonly RequestedToolCall[]): AssistantsRunError {
    const named = calls.map(({ name }) => name);
    const action = textOf(fieldsOf(run.required_action).type) ?? 'unknown';
    return new AssistantsRunError('ERR_OPENAI_RUN_NEEDS_TOOLS', {
      threadId: this.threadId,
      runId: textOf(run.id),
      tools: named.length === 0 ? [action] : named,
    });
  }

  /** Asks again while another run of the thread is active. */
  async #inTurn(ask: () => Promise<Answer>): Promise<Answer> {
    const waits = new PollWaits(this.#settings);
    for (;;) {
      this.#lifetime.signal.throwIfAborted();
      try {
        return await this.#lifetime.until(ask());
      } catch (cause) {
        if (!isBusy(cause)) throw cause;
        if (this.#settings.busy === 'fail') {
          const { threadId } = this;
          throw new AssistantsRunError('ERR_OPENAI_THREAD_BUSY', { threadId, cause });
        }
      }
      await this.#lifetime.pause(waits.next());
    }
  }
}
