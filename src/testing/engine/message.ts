/** A request as the engine sees it, whichever front it came through. */
export interface EngineRequest {
  readonly method: string;
  /** Path as it was sent, percent-encoding included, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Sent without a length: the service then sees the body's size too late for a 413. */
  readonly chunked: boolean;
  /** The caller's address, for the rate limit and the audit log. */
  readonly address: string;
  /** Scheme and host that the caller used, for absolute redirects. */
  readonly origin: string;
}

/** What the engine answers. */
export interface EngineResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Runs when the answer is about to leave: what was written becomes visible to parallel calls. */
  readonly settle?: () => void;
}
