import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { ContractRole, ContractTarget } from './target.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface Ask {
  /** Whose key is sent; null: none. @default 'editor' */
  readonly as?: ContractRole | null;
  readonly method?: string;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array<ArrayBuffer> | ReadableStream;
  readonly headers?: Record<string, string>;
  readonly redirect?: 'follow' | 'manual';
}

/** Speaks to a service by plain fetch, within its limits, and knows what it has stored there. */
export class ContractClient {
  readonly target: ContractTarget;
  /** In every text and key of this run, so that nothing of another run is alike. */
  readonly run = randomBytes(4).toString('hex');
  /** Unix seconds. */
  readonly startedAt = Math.floor(Date.now() / 1000) - 5;
  readonly imported: string[] = [];
  readonly #tasks: string[] = [];
  readonly #calls = new Map<string, number>();

  constructor(target: ContractTarget) {
    this.target = target;
  }

  /** A text that shares too few words with any other to be taken for it. */
  text(label: string): string {
    const words = Array.from({ length: 6 }, () => randomBytes(4).toString('hex'));
    return [this.run, ...words, label].join(' ');
  }

  /** The most calls that any one path has had. */
  get busiest(): number {
    return Math.max(0, ...this.#calls.values());
  }

  learn(task: string, more: Record<string, unknown> = {}, ask: Ask = {}): Promise<Answer> {
    this.#tasks.push(task);
    const body = { task, code: 'a reply', eval_score: 5, source: `contract-${this.run}`, ...more };
    return this.ask('/v1/learn', { body, ...ask });
  }

  /** Learned events of a task that this run stored, newest first. */
  async learned(task: string): Promise<{ pattern_key: string; eval_score: number; ts: number }[]> {
    const path = `/v1/analytics/events?limit=1000&since=${this.startedAt}`;
    const { json } = await this.ask(path);
    const events = json.events as (Awaited<ReturnType<ContractClient['learned']>>[number] & {
      kind: string;
    })[];
    return events.filter(
      (event) => event.kind === 'learn' && event.pattern_key.startsWith(keyPrefix(task)),
    );
  }

  /** Deletes what this run stored, as far as the roles allow. */
  async cleanUp(): Promise<void> {
    const { json } = await this.ask(`/v1/analytics/events?limit=1000&since=${this.startedAt}`);
    const prefixes = this.#tasks.map(keyPrefix);
    const learned = (json.events as { kind: string; pattern_key: string }[])
      .filter((event) => event.kind === 'learn')
      .map((event) => event.pattern_key)
      .filter((key) => prefixes.some((prefix) => key.startsWith(prefix)));
    const as = this.target.keys.admin === undefined ? 'editor' : 'admin';
    for (const key of new Set([...learned, ...this.imported])) {
      await this.ask(`/v1/patterns/${key}`, { as, method: 'DELETE' });
    }
  }

  async ask(path: string, ask: Ask = {}): Promise<Answer> {
    const answer = await this.#send(path, ask);
    if (answer.json.error_code !== 'RATE_LIMITED') return answer;
    expectRateLimited(answer);
    const date = Date.parse(answer.headers.get('date') ?? '') || Date.now();
    // The window is the service's own wall-clock minute, told to the second.
    const waitMs = 61_000 - (date % 60_000);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    // A stream can be sent once only.
    return ask.raw instanceof ReadableStream ? answer : this.#send(path, ask);
  }

  async #send(path: string, ask: Ask): Promise<Answer> {
    const { as = 'editor', body, headers = {}, redirect = 'follow' } = ask;
    const [route = path] = path.split('?', 1);
    this.#calls.set(route, (this.#calls.get(route) ?? 0) + 1);
    const payload = ask.raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${this.target.url}${path}`, {
      method: ask.method ?? (payload === undefined ? 'GET' : 'POST'),
      redirect,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${this.target.keys[as] ?? ''}` }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
      ...(payload instanceof ReadableStream ? { duplex: 'half' } : {}),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: toJson(text) };
  }
}

function toJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** What every key of a pattern of this task begins with. */
export function keyPrefix(task: string): string {
  return `patterns/${createHash('sha256').update(task).digest('hex').slice(0, 8)}_`;
}

function expectRateLimited(answer: Answer): void {
  expect(answer.status).toBe(429);
  expect(answer.json.error_context).toMatchObject({ retry_after: 60 });
  expect(answer.headers.get('retry-after')).toBe('60');
  expect(answer.headers.get('x-request-id')).toBeNull();
}
