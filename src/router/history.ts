import type { Turn } from '../core/subject.ts';
import type { Call } from './call.ts';

/** The conversation of a call as it was served; empty when there is none or it cannot be read. */
export async function historyOf(call: Call, limit?: number): Promise<readonly Turn[]> {
  const { transcript, reporter } = call.owner;
  const { conversation } = call.subject;
  if (transcript === undefined || conversation === undefined) return [];
  try {
    return await transcript.history(call.tenant, conversation, limit);
  } catch (error) {
    reporter.contained('history', error, { route: call.route, tenant: call.tenant });
    return [];
  }
}
