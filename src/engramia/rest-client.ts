import { EngramiaError } from '../core/errors.ts';
import { check, issuesOf, refuse } from '../core/option-checks.ts';
import { fingerprint } from '../core/text/fingerprint.ts';
import type * as answers from './answers.ts';
import { apiKeyIssue } from './api-key.ts';
import type { CallOptions } from './calls/call-options.ts';
import type { Caller } from './calls/caller.ts';
import { createLazyCaller } from './calls/lazy-caller.ts';
import type { EngramiaClient, KeyOperations, Pacing, WithKeyOptions } from './client.ts';
import type { Family } from './family.ts';
import type * as requests from './requests.ts';
import { lookUpScope } from './scope-lookup.ts';

/** Where a client stands in its family. */
export interface Membership {
  readonly family: Family;
  readonly key: string | undefined;
  /** The client that was made first, and owns the pool. */
  readonly parent?: RestClient | undefined;
  readonly onUnauthorized?: (() => void) | undefined;
}

function createPacing({ pacer, time }: Family, keyName: string | undefined): Pacing {
  return Object.freeze({
    readyInMs: (path, priority = 'served') => pacer.readyInMs(path, keyName, priority),
    get clockSkewMs() {
      return time.skewMs;
    },
  } satisfies Pacing);
}

const createKeyOperations = (call: Caller): KeyOperations =>
  Object.freeze({
    list: (options) => call('listKeys', {}, options),
    create: (request, options) => call('createKey', { request }, options),
    rotate: (id, options) => call('rotateKey', { segment: id }, options),
    revoke: (id, options) => call('revokeKey', { segment: id }, options),
  } satisfies KeyOperations);

/** The client over HTTP. The key lives in private fields and closures alone, so that printing it tells nothing. */
export class RestClient implements EngramiaClient {
  readonly baseUrl: string;
  readonly fingerprint: string | undefined;
  readonly pacing: Pacing;
  readonly keys: KeyOperations;
  readonly #member: Membership;
  readonly #call: Caller;
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(member: Membership) {
    const { family, key, onUnauthorized } = member;
    const { baseUrl } = family.settings;
    this.#member = member;
    this.#call = createLazyCaller({
      family,
      key,
      isClosed: () => this.#isClosed(),
      onUnauthorized,
    });
    this.baseUrl = baseUrl;
    // No address holds a line end, so two pairs never give one text.
    this.fingerprint = key === undefined ? undefined : fingerprint(`${baseUrl}\n${key}`);
    this.pacing = createPacing(family, key === undefined ? undefined : fingerprint(key));
    this.keys = createKeyOperations(this.#call);
  }

  learn(request: requests.LearnRequest, options?: CallOptions): Promise<answers.LearnAnswer> {
    return this.#call('learn', { request }, options);
  }

  recall(request: requests.RecallRequest, options?: CallOptions): Promise<answers.RecallAnswer> {
    return this.#call('recall', { request }, options);
  }

  metrics(options?: CallOptions): Promise<answers.MetricsAnswer> {
    return this.#call('metrics', {}, options);
  }

  health(options?: CallOptions): Promise<answers.HealthAnswer> {
    return this.#call('health', {}, options);
  }

  deepHealth(options?: CallOptions): Promise<answers.DeepHealthAnswer> {
    return this.#call('deepHealth', {}, options);
  }

  version(options?: CallOptions): Promise<answers.VersionAnswer> {
    return this.#call('version', {}, options);
  }

  audit(request?: requests.AuditRequest, options?: CallOptions): Promise<answers.AuditAnswer> {
    return this.#call('audit', { request }, options);
  }

  events(request?: requests.EventsRequest, options?: CallOptions): Promise<answers.EventsAnswer> {
    return this.#call('events', { request }, options);
  }

  billing(options?: CallOptions): Promise<answers.BillingAnswer> {
    return this.#call('billing', {}, options);
  }

  scope(options: CallOptions = {}): Promise<answers.ScopeAnswer | undefined> {
    return lookUpScope(this.#call, this.#member.key, options);
  }

  export(options?: CallOptions): Promise<answers.ExportAnswer> {
    return this.#call('export', {}, options);
  }

  import(request: requests.ImportRequest, options?: CallOptions): Promise<answers.ImportAnswer> {
    return this.#call('import', { request }, options);
  }

  deletePattern(key: string, options?: CallOptions): Promise<answers.DeletePatternAnswer> {
    return this.#call('deletePattern', { segment: key }, options);
  }

  searchSkills(
    request: requests.SkillsRequest,
    options?: CallOptions,
  ): Promise<answers.RecallAnswer> {
    return this.#call('searchSkills', { request }, options);
  }

  evaluate(
    request: requests.EvaluateRequest,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, unknown>>> {
    return this.#call('evaluate', { request }, options);
  }

  async deleteProject(
    projectId: string,
    confirmation: requests.DeleteProjectConfirmation,
    options?: CallOptions,
  ): Promise<answers.DeleteProjectAnswer> {
    if (confirmation?.confirm !== projectId) {
      throw new EngramiaError(
        'ERR_ENGRAMIA_REQUEST',
        `Request not sent: DELETE ${this.baseUrl}/v1/governance/projects/{}: confirm must repeat the ` +
          "project's id. The deletion is final, has no dry run and revokes the caller's key.",
      );
    }
    return this.#call('deleteProject', { segment: projectId }, options);
  }

  withKey(apiKey: string, options: WithKeyOptions = {}): EngramiaClient {
    const issue = apiKeyIssue(apiKey);
    const wrong = issuesOf(options, { onUnauthorized: check.function });
    refuse('withKey()', issue === undefined ? wrong : [issue, ...wrong]);
    const { family } = this.#member;
    const { onUnauthorized } = options;
    return new RestClient({ family, key: apiKey, parent: this, onUnauthorized });
  }

  close(): Promise<void> {
    this.#closed = true;
    const { family, parent } = this.#member;
    this.#closing ??= parent === undefined ? family.transport.close() : Promise.resolve();
    return this.#closing;
  }

  #isClosed(): boolean {
    const { parent } = this.#member;
    return parent === undefined ? this.#closed : this.#closed || parent.#isClosed();
  }
}
