import type { Subject, Turn } from '../../core/call/subject.ts';
import type { Route } from '../route/route.ts';
import { conversationOf } from './kept-turns.ts';

/** The conversation of a call as it was served, before a moment where one is given; empty when there is none. */
export async function historyOf(
  call: { readonly owner: Route; readonly tenant: string; readonly subject: Subject },
  limit: number | undefined,
  before: number | undefined,
): Promise<readonly Turn[]> {
  const { conversations, name: route } = call.owner;
  const conversation = conversationOf(call.subject);
  if (conversations === undefined || conversation === undefined) return [];
  const { tenant } = call;
  return conversations.history({ route, tenant, conversation, limit, before });
}
