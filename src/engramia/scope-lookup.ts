import type { ScopeAnswer } from './answers.ts';
import { EngramiaCallError } from './calls/call-error.ts';
import type { CallOptions } from './calls/call-options.ts';
import type { Caller } from './calls/caller.ts';

/** What an operation gave, or the expected refusal. */
type AnswerOrRefusal<T> = { readonly answer: T } | { readonly refusal: EngramiaCallError };

async function answerOrRefusal<T>(call: Promise<T>, expected: number): Promise<AnswerOrRefusal<T>> {
  try {
    return { answer: await call };
  } catch (error) {
    if (error instanceof EngramiaCallError && error.status === expected) return { refusal: error };
    throw error;
  }
}

// What is shorter is no prefix of one key rather than another.
const shortestPrefix = 8;

/** The role of an admin's own key, by the list of keys; undefined where the list cannot be had or is ambiguous. */
async function ownRole(call: Caller, key: string, options: CallOptions) {
  const listed = await call('listKeys', {}, options).catch(() => undefined);
  const own = listed?.keys.filter(({ keyPrefix, revokedAt }) => {
    // From the first dot of them on: else each dot of a long row begins a search of its own.
    const prefix = keyPrefix?.replace(/(?<!\.)\.+$/, '') ?? '';
    return !revokedAt && prefix.length >= shortestPrefix && key.startsWith(prefix);
  });
  return own?.length === 1 ? own[0]?.role : undefined;
}

/**
 * Finds out whose a key is, by what its role allows: retention for admins, a rollup computed for editors (the one
 * thing that is written), a rollup read for readers.
 */
export async function lookUpScope(
  call: Caller,
  key: string | undefined,
  options: CallOptions,
): Promise<ScopeAnswer | undefined> {
  const admin = await answerOrRefusal(call('retention', {}, options), 403);
  if ('answer' in admin) {
    const { tenantId, projectId } = admin.answer;
    return { tenantId, projectId, role: await ownRole(call, key ?? '', options) };
  }
  let { role } = admin.refusal;
  if (role !== 'reader') {
    const request = { window: 'hourly' };
    const editor = await answerOrRefusal(call('computeRollup', { request }, options), 403);
    if ('answer' in editor) {
      const scope = editor.answer.rollups[0];
      return scope && { tenantId: scope.tenantId, projectId: scope.projectId, role };
    }
    role = editor.refusal.role;
  }
  const reader = await answerOrRefusal(call('dailyRollup', {}, options), 404);
  if ('refusal' in reader) return undefined;
  const { tenantId, projectId } = reader.answer;
  return { tenantId, projectId, role };
}
