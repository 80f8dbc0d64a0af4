import type { Exchange } from '../core/exchange.ts';
import type { Turn } from '../core/subject.ts';
import type { Route } from './route.ts';

/** The conversation of a call as it was served; empty when there is none or it cannot be read. */
export async function historyOf(
  call: Exchange & { readonly owner: Route },
  limit?: number,
): Promise<readonly Turn[]> {
  const { transcript, reporter } = call.owner;
  const { conversation } = call.subject;
  if (transcript === undefined || conversation === undefined) return [];
  try {
    return await transcript.history(
      call.tenant,
      conversation,
      limit === undefined ? {} : { limit },
    );
  } catch (error) {
    reporter.contained('history', error, { route: call.route, tenant: call.tenant });
    return [];
  }
}
