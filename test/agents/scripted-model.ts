import { type AgentOutputItem, type Model, type ModelRequest, Usage } from '@openai/agents';

/** One answer of a model: a text, calls of tools, or its failure. */
export type Step = string | readonly Called[] | Error;

/** A call that the model makes. */
export interface Called {
  readonly name: string;
  readonly arguments?: unknown;
}

let calls = 0;

function outputOf(step: Step): AgentOutputItem[] {
  if (step instanceof Error) throw step;
  if (typeof step === 'string') {
    return [
      {
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: step }],
      },
    ];
  }
  return step.map(({ name, arguments: given = {} }) => ({
    type: 'function_call' as const,
    callId: `call-${++calls}`,
    name,
    status: 'completed' as const,
    arguments: JSON.stringify(given),
  }));
}

/** A model in this process that says what it was told to, and remembers what it was asked. */
export class ScriptedModel implements Model {
  readonly requests: ModelRequest[] = [];
  readonly #steps: Step[];

  constructor(...steps: Step[]) {
    this.#steps = steps;
  }

  /** The system instructions of each request. */
  get instructions(): string[] {
    return this.requests.map((request) => request.systemInstructions ?? '');
  }

  async getResponse(request: ModelRequest) {
    return this.#answer(request);
  }

  async *getStreamedResponse(request: ModelRequest) {
    const { output, usage } = this.#answer(request);
    yield { type: 'response_started' as const };
    const [message] = output;
    if (message?.type === 'message' && message.role === 'assistant') {
      const [part] = message.content;
      const text = part?.type === 'output_text' ? part.text : '';
      for (const delta of text.split(/(?<= )/)) yield { type: 'output_text_delta' as const, delta };
    }
    const { requests, inputTokens, outputTokens, totalTokens } = usage;
    yield {
      type: 'response_done' as const,
      response: {
        id: `response-${this.requests.length}`,
        output: output as never,
        usage: { requests, inputTokens, outputTokens, totalTokens },
      },
    };
  }

  #answer(request: ModelRequest) {
    this.requests.push(request);
    const step = this.#steps.shift() ?? 'nothing more to say';
    const usage = new Usage({ requests: 1, inputTokens: 10, outputTokens: 5, totalTokens: 15 });
    return { usage, output: outputOf(step) };
  }
}
