import type * as answers from './answers.ts';
import type { CallOptions } from './calls/call-options.ts';
import type { CallPriority } from './pacer.ts';
import type * as requests from './requests.ts';

/** What the client's own pacing knows. */
export interface Pacing {
  /** Milliseconds until a call on this path may leave; 0: now. Takes nothing. */
  readyInMs(path: 'learn' | 'recall' | 'import', priority?: CallPriority): number;
  /** Milliseconds by which the service's clock is ahead of ours, as far as its answers tell. */
  readonly clockSkewMs: number;
}

/** The keys of the scope; each operation needs an admin key. */
export interface KeyOperations {
  list(options?: CallOptions): Promise<answers.KeysAnswer>;
  create(request: requests.CreateKeyRequest, options?: CallOptions): Promise<answers.NewKeyAnswer>;
  /** Gives a new key; the old one is refused at once. */
  rotate(id: string, options?: CallOptions): Promise<answers.NewKeyAnswer>;
  revoke(id: string, options?: CallOptions): Promise<answers.RevokeKeyAnswer>;
}

/** How a key given to `withKey` is watched. */
export interface WithKeyOptions {
  /** Called after each 401 that the key was answered with. Must not throw. */
  onUnauthorized?: (() => void) | undefined;
}

/**
 * The Engramia service over REST, by one key. Every method rejects with an `EngramiaError`: ERR_ENGRAMIA_REQUEST and
 * ERR_ENGRAMIA_CONFIG before anything is sent, ERR_ENGRAMIA_PACED when the calls of this minute are used up (nothing
 * waits), ERR_ENGRAMIA_HTTP, ERR_ENGRAMIA_RESPONSE, ERR_ENGRAMIA_NETWORK, ERR_ENGRAMIA_TIMEOUT, ERR_ENGRAMIA_ABORTED.
 */
export interface EngramiaClient {
  /** The service's address, without a slash at its end. */
  readonly baseUrl: string;
  /** Names address and key without telling the key: equal for equal scopes. Undefined without a key. */
  readonly fingerprint: string | undefined;
  readonly pacing: Pacing;
  readonly keys: KeyOperations;

  /** Stores a pattern. After ERR_ENGRAMIA_TIMEOUT, ERR_ENGRAMIA_NETWORK or a 500 it may be stored all the same. */
  learn(request: requests.LearnRequest, options?: CallOptions): Promise<answers.LearnAnswer>;
  /** Finds patterns, and raises the scores of what it finds and considers. */
  recall(request: requests.RecallRequest, options?: CallOptions): Promise<answers.RecallAnswer>;
  metrics(options?: CallOptions): Promise<answers.MetricsAnswer>;
  /** Needs a key; without one only `version` answers. */
  health(options?: CallOptions): Promise<answers.HealthAnswer>;
  /** Asks the service's providers too. Status `error` is an answer, not an error. */
  deepHealth(options?: CallOptions): Promise<answers.DeepHealthAnswer>;
  /** Needs no key. */
  version(options?: CallOptions): Promise<answers.VersionAnswer>;
  /** Needs an admin key and a service with a database. */
  audit(request?: requests.AuditRequest, options?: CallOptions): Promise<answers.AuditAnswer>;
  /** Single learns that stored something, and recalls: the only trace of them that is no admin's. */
  events(request?: requests.EventsRequest, options?: CallOptions): Promise<answers.EventsAnswer>;
  billing(options?: CallOptions): Promise<answers.BillingAnswer>;
  /**
   * Tenant and project of the key; undefined where they cannot be known (a reader, and no rollup was ever computed).
   * An editor's look-up writes one rollup record; nothing else is ever written.
   */
  scope(options?: CallOptions): Promise<answers.ScopeAnswer | undefined>;
  /** The whole store, up to `maxExportBytes`. Needs an admin key. */
  export(options?: CallOptions): Promise<answers.ExportAnswer>;
  /** Stores records under keys of our own choice. Needs an admin key; the service neither redacts nor checks them. */
  import(request: requests.ImportRequest, options?: CallOptions): Promise<answers.ImportAnswer>;
  deletePattern(key: string, options?: CallOptions): Promise<answers.DeletePatternAnswer>;
  /** Finds patterns by tag. Changes no score. */
  searchSkills(
    request: requests.SkillsRequest,
    options?: CallOptions,
  ): Promise<answers.RecallAnswer>;
  /** Needs a service with an LLM, else it answers 501; its answer is passed on as it is. */
  evaluate(
    request: requests.EvaluateRequest,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Deletes a project for good, with all its patterns. There is no dry run, and every key of the project is revoked,
   * the caller's own among them. Nothing is sent unless the id is given a second time.
   */
  deleteProject(
    projectId: string,
    confirmation: requests.DeleteProjectConfirmation,
    options?: CallOptions,
  ): Promise<answers.DeleteProjectAnswer>;

  /** A client with another key: same address, same pool, same pacer. @throws InvalidOptionsError for a bad key or option */
  withKey(apiKey: string, options?: WithKeyOptions): EngramiaClient;
  /**
   * Takes no more calls, and closes the pool after the running ones. A client made by `withKey` closes only itself.
   * Idempotent.
   */
  close(): Promise<void>;
}
