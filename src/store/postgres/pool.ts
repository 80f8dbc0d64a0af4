/** What of a query's result is read. */
export interface PostgresResult {
  // The driver's own rows: columns by name, as each query lists them.
  readonly rows: readonly object[];
  readonly rowCount?: number | null;
}

/** A query as `pg` takes it. */
export interface PostgresQuery {
  text: string;
  values?: unknown[];
  /** Milliseconds after which `pg` gives up. */
  query_timeout?: number;
}

/** What is used of a client of `pg`. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<PostgresResult>;
  /** True: the connection is closed, not used again. */
  release(destroy?: boolean): void;
  on(event: 'error' | 'end', listener: () => void): unknown;
  on(event: 'notification', listener: (message: { payload?: string | undefined }) => void): unknown;
  /** Lets the process end although the connection is open. */
  unref?(): void;
  removeListener(event: 'error', listener: () => void): unknown;
}

/** What is used of a `Pool` of `pg`. */
export interface PostgresPool {
  query(query: PostgresQuery): Promise<PostgresResult>;
  connect(): Promise<PostgresClient>;
  readonly options?: { readonly max?: number };
}
