import type { Served } from './assistants-service.ts';

/** The Responses API, as far as a leg uses it. */
export class ResponsesService {
  output: object[] = [message('the answer')];
  status = 'completed';
  error: object | null = null;
  incomplete_details: object | null = null;

  answer(path: string, body: Record<string, unknown>): Served | undefined {
    if (path !== '/responses') return undefined;
    const response = this.#response(body);
    if (body.stream !== true) return { status: 200, body: response };
    const events = this.#events(response);
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: events
        .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
        .join(''),
    };
  }

  #response({ model = 'prompted' }: Record<string, unknown>): Record<string, unknown> {
    const usage = { input_tokens: 20, output_tokens: 5, total_tokens: 25 };
    const { output, status, error, incomplete_details } = this;
    return {
      id: 'resp_1',
      object: 'response',
      model,
      status,
      error,
      incomplete_details,
      output,
      usage,
    };
  }

  #events(response: Record<string, unknown>): ({ type: string } & Record<string, unknown>)[] {
    const text = this.output.flatMap((item) =>
      ((item as { content?: { text: string }[] }).content ?? []).map((part) => part.text),
    );
    const words = text.join('').split(/(?<= )/);
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    return [
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
      ...words.map((delta) => ({ type: 'response.output_text.delta', ...place, delta })),
      { type: `response.${this.status}`, response },
    ];
  }
}

/** An item that says something. */
export function message(text: string): object {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content };
}
