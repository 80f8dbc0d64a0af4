import { attempt } from '../../core/attempt.ts';
import type { Subject } from '../../core/call/subject.ts';
import type { DeliveredExchange } from '../../core/contracts/conversations.ts';
import type { Plan } from '../../core/stage.ts';
import type { Call } from '../call.ts';
import type { Route } from '../route/route.ts';

/** Whether what a plan serves is part of a conversation that somebody wants. */
export function keepsTurns(route: Route, plan: Plan): boolean {
  if (route.conversations === undefined) return false;
  return route.keepsTurns ? plan.order > 0 : handsBack(route, plan);
}

/** Only while legacy is a way back: once it is no longer called, it needs to know nothing. */
const handsBack = ({ handBack }: Route, { fallback }: Plan): boolean =>
  handBack !== undefined && fallback;

/** The conversation that a subject names; undefined: none. A number is none: it would not be the same in every store. */
export function conversationOf(subject: Subject): string | undefined {
  const conversation: unknown = attempt(() => subject.conversation);
  return typeof conversation === 'string' && conversation !== '' ? conversation : undefined;
}

/** The moment in its conversation at which a call begins; undefined: nothing of it is kept. */
export function momentOf({ owner, plan, tenant, subject }: Call): number | undefined {
  if (tenant === '' || !keepsTurns(owner, plan)) return undefined;
  const conversation = conversationOf(subject);
  return conversation === undefined ? undefined : owner.conversations?.moment(tenant, conversation);
}

/** Adds what was served to its conversation. */
export function keepTurns(call: Call): void {
  if (call.callerGone) leaveTurns(call, 'cut');
  else if (call.status === 'fulfilled' && call.owner.conversations?.deliver(toDelivered(call)))
    call.waiter?.taskBegun();
}

/** Tells that what was served is no part of its conversation. */
export function leaveTurns(call: Call, why: 'cut' | 'unreadable'): void {
  call.owner.conversations?.leave(toDelivered(call), why);
}

function toDelivered(call: Call): DeliveredExchange {
  const { owner, plan, route, requestId, tenant, subject, leg, reply, waiter } = call;
  return {
    route,
    requestId,
    tenant,
    conversation: conversationOf(subject) ?? '',
    subject,
    leg,
    reply,
    view: owner.learning.view,
    handBack: leg === 'candidate' && handsBack(owner, plan) ? owner.handBack : undefined,
    waiter,
  };
}
