import { errorFacts, type LegFacts } from '../core/events.ts';
import type { Leg } from '../core/stage.ts';
import type { Call } from './call.ts';

/** Records how a call ended: counters, the sampled duration, the `served` event. */
export function settle(
  call: Call,
  leg: Leg,
  status: 'fulfilled' | 'rejected',
  reply: unknown,
): void {
  const { counters, clock, reporter } = call.owner;
  call.leg = leg;
  call.status = status;
  call.reply = reply;
  if (status === 'fulfilled') counters.served[leg] += 1;
  else counters.failed[leg] += 1;
  if (call.startedAt !== 0) {
    call.durationMs = clock.monotonic() - call.startedAt;
    counters.latency[leg].record(call.durationMs);
  }
  if (reporter.wants('served')) emitServed(call);
}

function emitServed(call: Call): void {
  const { route, requestId, tenant, stage, fellBack, leg, status, durationMs } = call;
  const facts: LegFacts =
    status === 'fulfilled'
      ? { leg, status, durationMs }
      : { leg, status, durationMs, error: errorFacts(call.reply) };
  call.owner.reporter.emit('served', { route, requestId, tenant, stage, fellBack, ...facts });
}

/** Notices that legacy no longer exists: nothing falls back to it from now on. */
export function legacyFailed(call: Call, error: unknown): void {
  const { owner: route } = call;
  let gone = false;
  try {
    gone = route.isGone(error);
  } catch (failure) {
    route.reporter.contained('isGone', failure, { route: route.name });
  }
  if (!gone || route.legacyGone) return;
  route.legacyGone = true;
  route.reporter.emit('gone', { route: route.name, alive: false, error: errorFacts(error) });
  const { state } = route.switchboard;
  if (state.kind === 'killed' && !state.force) {
    route.reporter.emit('rollback', { outcome: 'frozen', reason: state.reason });
  }
}

/** Notices that legacy answers again. */
export function legacyAnswered(call: Call): void {
  if (!call.owner.legacyGone) return;
  call.owner.legacyGone = false;
  call.owner.reporter.emit('gone', { route: call.route, alive: true });
}
