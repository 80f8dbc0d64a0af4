import type { ToolCall } from '../../core/call/subject.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';

/** A recorded call that a mirrored one is answered with. */
export interface Recorded {
  readonly result: unknown;
}

/** One text for the same arguments, however their fields are ordered and whether or not they are JSON already. */
function canonical(given: unknown): string {
  try {
    const text = typeof given === 'string' ? given || '{}' : JSON.stringify(given ?? {});
    return canonicalJson(JSON.parse(text) ?? {});
  } catch {
    return JSON.stringify(String(given));
  }
}

/** What legacy's tools answered, by name and arguments. The same call made twice is answered twice, in that order. */
export class RecordedCalls {
  readonly #results = new Map<string, unknown[]>();

  constructor(calls: readonly ToolCall[]) {
    for (const call of calls) {
      if (!('result' in call)) continue;
      const key = `${call.name}\n${canonical(call.arguments)}`;
      const results = this.#results.get(key) ?? [];
      results.push(call.result);
      this.#results.set(key, results);
    }
  }

  /** Undefined: legacy made no such call, or not as often. */
  take(name: string, given: unknown): Recorded | undefined {
    const results = this.#results.get(`${name}\n${canonical(given)}`);
    return results === undefined || results.length === 0 ? undefined : { result: results.shift() };
  }
}
