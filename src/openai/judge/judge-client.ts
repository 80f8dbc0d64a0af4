/** A call of the Responses API, as the judge makes it. */
export interface ResponsesBody {
  model: string;
  instructions: string;
  input: string;
  store: false;
  max_output_tokens: number;
  text: {
    format: { type: 'json_schema'; name: string; strict: true; schema: Record<string, unknown> };
  };
  temperature?: number;
}

/** A call of the Chat Completions API, as the judge makes it. */
export interface ChatBody {
  model: string;
  messages: [{ role: 'system'; content: string }, { role: 'user'; content: string }];
  store: false;
  max_completion_tokens: number;
  response_format: {
    type: 'json_schema';
    json_schema: { name: string; strict: true; schema: Record<string, unknown> };
  };
  temperature?: number;
}

interface CallOptions {
  signal: AbortSignal;
}

/** What a judge uses of a client of the package `openai`; it needs the one API that it is told to use. */
export interface JudgeClient {
  readonly responses?: {
    create(body: ResponsesBody, options: CallOptions): PromiseLike<unknown>;
  };
  readonly chat?: {
    readonly completions: {
      create(body: ChatBody, options: CallOptions): PromiseLike<unknown>;
    };
  };
}
