import { closeReview } from '../../audit/reviews.ts';
import type { AuditFact } from '../../core/contracts/audit-entry.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import { InvalidOptionsError } from '../../core/errors.ts';
import { check, required } from '../../core/option-checks.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { type PersonAction, refuseNameless } from '../person-action.ts';
import type { RampCore } from '../ramp-core.ts';
import type { AttestAction, CompleteAction, TrailItem } from '../rollout.ts';
import { RolloutError } from '../rollout-error.ts';
import { factOf, factsOf } from '../state/facts-of.ts';
import { begins, draftOf, keepOverrides, type RampDraft } from '../state/ramp-state.ts';
import { within } from '../within.ts';
import { completionBlockers, servedSince } from './completion.ts';
import { elsewhere } from './elsewhere.ts';
import { makeChange } from './make-change.ts';

const attestChecks = {
  kind: required(check.text),
  ok: required(check.boolean),
  evidence: check.object,
};

/** A trail holds evidence as canonical JSON: a date in it is the app's mistake, and named as one. */
function refuseUnwritable(evidence: object): void {
  try {
    canonicalJson(evidence);
  } catch (cause) {
    const why = (cause as Error).message;
    const issue = `evidence must be plain data, without dates and undefined. ${why}`;
    throw new InvalidOptionsError('rollout.attest()', [issue.replace(/\.$/, '')]);
  }
}

const completeChecks = { allowPending: check.boolean };

/** What people vouch for, look at, and end. */
export class TrailActions {
  readonly #core: RampCore;

  readonly #counted: () => Promise<void>;

  /** `counted` resolves when what this process has served is in the store. */
  constructor(core: RampCore, counted: () => Promise<void>) {
    this.#core = core;
    this.#counted = counted;
  }

  async attest(attestation: AttestAction): Promise<RolloutState> {
    const { kind, ok, evidence, actor, reason } = attestation ?? {};
    refuseNameless('attest', attestation, attestChecks);
    if (evidence !== undefined) refuseUnwritable(evidence);
    const told = evidence === undefined ? {} : { told: evidence };
    const order = {
      action: 'attest',
      by: attestation,
      asks: { kind, ok, ...told },
      commutes: true,
    };
    return makeChange(this.#core, order, () => {
      const said = { kind: 'attestation', actor, reason, evidence: { kind, ok, ...told } } as const;
      return { actor, facts: [factOf(this.#core.name, this.#core.now(), said)] };
    });
  }

  async acknowledge(review: number, by: PersonAction): Promise<RolloutState> {
    refuseNameless('acknowledge', by);
    const { reason, actor } = by;
    return makeChange(
      this.#core,
      { action: 'acknowledge', by, asks: review, commutes: true },
      async (current) => {
        const { reviews } = (await this.#core.book.read()).summary;
        const open = reviews.find(({ seq }) => seq === review);
        if (open !== undefined) {
          const at = this.#core.now();
          return { actor, facts: [closeReview(open, { actor, reason, at })] };
        }
        const there = reviews.map(({ seq }) => seq).join(', ') || 'none';
        const blocker = `${review} is no open review (open: ${there})`;
        throw new RolloutError('acknowledge()', 'refused', [blocker], { current });
      },
    );
  }

  async complete(by: CompleteAction): Promise<RolloutState> {
    refuseNameless('complete', by, completeChecks);
    return makeChange(this.#core, { action: 'complete', by, commutes: false }, async (before) => {
      if (before.status === 'complete') return undefined;
      const { blockers, evidence } = await this.#completion(before, by.allowPending ?? false);
      if (blockers.length > 0) {
        throw new RolloutError('complete()', 'refused', blockers, { current: before });
      }
      const { plan, name: rollout, now } = this.#core;
      const at = now();
      const last = plan.steps.findIndex(({ to }) => to === 'complete');
      const after: RampDraft = {
        ...draftOf(before),
        percent: 100,
        to: 'complete',
        step: last < 0 ? before.step : last,
        overrides: keepOverrides(before.overrides, () => false),
        since: begins(before, at),
        status: 'complete',
      };
      const { actor, reason } = by;
      const told = { kind: 'complete', actor, reason, evidence } as const;
      return { draft: after, actor, facts: factsOf({ rollout, at, before, after }, told) };
    });
  }

  async *trail(): AsyncIterable<TrailItem> {
    const { store, name, options } = this.#core;
    for await (const entry of store.audit(name)) yield { of: 'rollout', entry };
    const theirs = await options.serviceAudit?.();
    if (theirs === undefined) return;
    for await (const entry of theirs) yield { of: 'service', entry };
  }

  /** Enters what happened without a change of the state, as soon as the store can be reached; once, however often it is tried. */
  async enter(
    { requestId, ...told }: Omit<AuditFact, 'rollout'> & { readonly requestId: string },
    again: boolean,
  ): Promise<void> {
    const { journal, name: rollout } = this.#core;
    const fact = { ...told, rollout };
    const { kind, actor, reason } = told;
    await journal.make({
      action: kind,
      by: { actor, reason, requestId },
      isNew: !again,
      commutes: true,
      decide: () => ({ actor: told.actor, facts: [fact] }),
    });
  }

  async #completion(state: RolloutState, mayWait: boolean) {
    const { store, name, plan, now, book, identity } = this.#core;
    const { readings } = await this.#core.assess(state, { approved: true, automatic: true });
    await this.#counted();
    const at = now();
    const { fullSince: since } = await book.read();
    const window = { from: at - plan.completeAfterMs, fullSince: since ?? at };
    const facts = {
      state,
      at,
      fullSince: since,
      served: await servedSince(store, name, window),
      outbox: await this.#outbox(),
      elsewhere: elsewhere(await store.replicas(name), identity),
      mayWait,
      readings,
    };
    const { calls, legacyCalls } = facts.served;
    const evidence = {
      fullSince: since ?? 0,
      calls,
      legacyCalls,
      ...(facts.outbox !== undefined && { outbox: facts.outbox + facts.elsewhere.pending }),
      readings,
      ...(mayWait && { allowPending: true }),
    };
    return { blockers: completionBlockers(facts, plan), evidence };
  }

  /** What this process and the app's own outbox have not learned yet; undefined: the outbox does not tell. */
  async #outbox(): Promise<number | undefined> {
    const { options, lessons } = this.#core;
    try {
      const theirs = options.outbox === undefined ? 0 : await within(options.outbox());
      const isCount = Number.isFinite(theirs) && theirs >= 0;
      return isCount ? lessons.counts.pending + theirs : undefined;
    } catch (error) {
      this.#core.contained('complete', error);
      return undefined;
    }
  }
}
