/** A message of a thread as the service keeps it. */
export interface KeptMessage {
  readonly role: string;
  readonly content: unknown;
  readonly run_id?: string | null;
}

/** How the runs of a service go. */
export interface RunScript {
  /** What each look at the run finds, the last one for good; the beginning of the run is the first look. */
  readonly statuses: readonly string[];
  /** The parts of each message that the run says. */
  readonly says: readonly (readonly object[])[];
  /** The tool calls of its steps. */
  readonly calls: readonly object[];
  /** The functions whose results it asks for. */
  readonly asks: readonly { id: string; name: string; arguments: string }[];
  readonly last_error?: object;
  readonly incomplete_details?: object;
}

interface Run {
  readonly id: string;
  readonly threadId: string;
  readonly body: Record<string, unknown>;
  looks: number;
  status: string;
  outputs: unknown;
}

/** An answer of the service. */
export interface Served {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

export const textPart = (value: string) => ({ type: 'text', text: { value, annotations: [] } });

const ok = (body: unknown, headers?: Record<string, string>): Served =>
  headers === undefined ? { status: 200, body } : { status: 200, body, headers };

const missing = (what: string, id: string): Served => ({
  status: 404,
  body: {
    error: {
      message: `No ${what} found with id '${id}'.`,
      type: 'invalid_request_error',
      param: null,
      code: null,
    },
  },
});

const active = new Set(['queued', 'in_progress', 'requires_action', 'cancelling']);

/** Threads, messages and runs, as far as a leg uses them. */
export class AssistantsService {
  readonly threads = new Map<string, KeptMessage[]>([['thread_1', []]]);
  readonly runs: Run[] = [];
  tools: object[] = [{ type: 'file_search' }];
  /** Sent with every look at a run. */
  headers: Record<string, string> = {};
  script: RunScript = {
    statuses: ['queued', 'in_progress', 'completed'],
    says: [[textPart('the answer')]],
    calls: [],
    asks: [],
  };

  plan(script: Partial<RunScript>): void {
    this.script = { ...this.script, ...script };
  }

  answer(method: string, path: string, body: Record<string, unknown>): Served | undefined {
    const [kind, id = '', part, runId = '', action] = path.split('/').slice(1);
    if (kind === 'assistants') return ok({ id, tools: this.tools });
    if (kind !== 'threads') return undefined;
    if (id === '') return this.#open(body);
    const messages = this.threads.get(id);
    if (messages === undefined) return missing('thread', id);
    if (method === 'DELETE') return ok({ id, deleted: this.threads.delete(id) });
    if (part === 'messages') return this.#messages(method, id, messages, body);
    if (runId === '') return this.#begin(id, body);
    const run = this.runs.find((one) => one.id === runId);
    if (run === undefined) return missing('run', runId);
    return this.#ofRun(run, messages, action, body);
  }

  #ofRun(run: Run, messages: KeptMessage[], action: string | undefined, body: Fields): Served {
    if (action === 'steps') return ok(this.#steps(body));
    if (action === 'cancel') run.status = 'cancelled';
    else if (action === 'submit_tool_outputs') {
      run.outputs = body.tool_outputs;
      this.#look(run, messages);
    } else this.#look(run, messages);
    return ok(this.#told(run), this.headers);
  }

  #open(body: Fields): Served {
    const id = `thread_${this.threads.size + 1}_new`;
    this.threads.set(id, [...((body.messages ?? []) as KeptMessage[])]);
    return ok({ id });
  }

  #messages(method: string, id: string, messages: KeptMessage[], body: Fields): Served {
    if (method === 'GET') return ok({ data: messages.toReversed(), has_more: false });
    const busy = this.#activeRun(id);
    if (busy !== undefined) {
      const message = `Can't add messages to ${id} while a run ${busy.id} is active.`;
      return { status: 400, body: { error: { message, type: 'invalid_request_error' } } };
    }
    messages.push({ role: 'user', content: body.content, run_id: null });
    return ok({ id: 'msg' });
  }

  #begin(threadId: string, body: Fields): Served {
    const busy = this.#activeRun(threadId);
    if (busy !== undefined) {
      const message = `Thread ${threadId} already has an active run ${busy.id}.`;
      return { status: 400, body: { error: { message, type: 'invalid_request_error' } } };
    }
    const run = { id: `run_${this.runs.length + 1}`, threadId, body, looks: 0 };
    const begun = { ...run, status: '', outputs: undefined };
    this.runs.push(begun);
    this.#look(begun, this.threads.get(threadId) ?? []);
    return ok(this.#told(begun), this.headers);
  }

  #activeRun(threadId: string): Run | undefined {
    return this.runs.find((run) => run.threadId === threadId && active.has(run.status));
  }

  #look(run: Run, messages: KeptMessage[]): void {
    const { statuses, says } = this.script;
    if (run.status === 'cancelled') return;
    run.status = statuses[Math.min(run.looks, statuses.length - 1)] ?? 'completed';
    run.looks += 1;
    const hasSpoken = messages.some(({ run_id }) => run_id === run.id);
    if (run.status !== 'completed' || hasSpoken) return;
    for (const content of says) messages.push({ role: 'assistant', content, run_id: run.id });
  }

  #told(run: Run): object {
    const { asks, last_error, incomplete_details } = this.script;
    const calls = asks.map(({ id, ...called }) => ({ id, type: 'function', function: called }));
    const required_action =
      run.status === 'requires_action'
        ? { type: 'submit_tool_outputs', submit_tool_outputs: { tool_calls: calls } }
        : null;
    const { id, threadId: thread_id, status } = run;
    const tools = run.body.tools ?? this.tools;
    const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 };
    const ended = { last_error, incomplete_details, usage };
    return { id, thread_id, status, tools, required_action, ...ended };
  }

  /** A step a page, so that reading all takes several. */
  #steps(query: Fields): object {
    const index = query.after === undefined ? 0 : Number(query.after) + 1;
    const call = this.script.calls[index];
    const step_details = { type: 'tool_calls', tool_calls: call === undefined ? [] : [call] };
    const has_more = index + 1 < this.script.calls.length;
    return { data: [{ step_details }], has_more, last_id: String(index) };
  }
}

type Fields = Record<string, unknown>;
