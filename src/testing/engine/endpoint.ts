import type { KeyRow } from './key-ring.ts';
import type { EngineRequest, EngineResponse } from './message.ts';
import { type Issue, replies } from './replies.ts';
import type { Role } from './roles.ts';
import { object, type Schema } from './schema.ts';
import type { Scope } from './scope.ts';
import type { State } from './state.ts';

/** An authenticated call on its way to an endpoint. */
export interface Call {
  readonly request: EngineRequest;
  readonly state: State;
  readonly key: KeyRow;
  readonly scope: Scope;
  /** What the `{…}` parts of the path matched, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** One row of the endpoint table. */
export interface EndpointSpec<Body, Query> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `{name}` matches one segment, `{name+}` the rest, slashes included. */
  readonly path: string;
  /** The weakest role that may call it; `none`: no key is asked for. @default 'reader' */
  readonly role?: Role | 'none';
  /** The permission that a refusal names. */
  readonly permission?: string;
  readonly body?: Schema<Body>;
  readonly query?: Schema<Query>;
  /** Answers 202 and a job when the caller asks with `Prefer: respond-async`. */
  readonly asJob?: string;
  run(call: Call & { readonly body: Body; readonly query: Query }): EngineResponse;
}

/** A row of the table with its body and query types closed over. */
export interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly role: Role | 'none';
  readonly permission: string;
  readonly readsBody: boolean;
  readonly asJob: string | undefined;
  /** Checks body and query, then runs. */
  serve(call: Call, json: unknown): EngineResponse;
}

/** Makes a row of the endpoint table. */
export function endpoint<Body = unknown, Query = unknown>(
  spec: EndpointSpec<Body, Query>,
): Endpoint {
  const checkBody = object(spec.body ?? ({} as Schema<Body>));
  const checkQuery = object(spec.query ?? ({} as Schema<Query>));
  return {
    method: spec.method,
    path: spec.path,
    role: spec.role ?? 'reader',
    permission: spec.permission ?? spec.path.split('/').slice(2).join(':'),
    readsBody: spec.body !== undefined,
    asJob: spec.asJob,
    serve(call, json) {
      const body = checkBody(spec.body === undefined ? {} : json, ['body']);
      const query = checkQuery(Object.fromEntries(call.request.query), ['query']);
      if (body.ok && query.ok) return spec.run({ ...call, body: body.value, query: query.value });
      const issues = [query, body].flatMap((part): readonly Issue[] =>
        part.ok ? [] : part.issues,
      );
      return replies.invalid(issues);
    },
  };
}
