import type { AnswerBody } from './answer-body.ts';
import type { Fault } from './fault.ts';

/** Where a fault strikes: the listening port, each new connection, or the answer to a request. */
type Place = 'port' | 'connection' | 'answer';

/** What a fault means. */
export interface FaultPlan {
  readonly at: Place;
  /** Whether connections are greeted over TLS, so that the address is https. */
  readonly tls: boolean;
  /** Whether a request's work is done, whatever is answered. */
  readonly stores: boolean;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AnswerBody;
}

const json = { 'content-type': 'application/json' };

const healthy: FaultPlan = {
  at: 'answer',
  tls: false,
  stores: true,
  status: 200,
  headers: json,
  body: 'whole',
};

const broken = (body: AnswerBody, more: Partial<FaultPlan> = {}): FaultPlan => ({
  ...healthy,
  stores: false,
  body,
  ...more,
});

// Without an error code in the body: a client that knows the code has no need of the header.
const limited = (retryAfter: string): FaultPlan =>
  broken('too many requests', { status: 429, headers: { ...json, 'retry-after': retryAfter } });

/** What each fault means: the whole policy. */
export const faultPlans: Readonly<Record<Fault, FaultPlan>> = {
  none: healthy,
  refuse: { ...healthy, at: 'port' },
  hang: broken('never'),
  'reset-before-head': broken('reset'),
  'reset-mid-body': { ...healthy, body: 'half, then a reset' },
  drip: { ...healthy, body: 'byte by byte' },
  'retry-after-huge': limited('99999999999999999999'),
  'retry-after-negative': limited('-60'),
  'retry-after-far-date': limited('Fri, 31 Dec 9999 23:59:59 GMT'),
  'retry-after-garbage': limited('in a while; perhaps'),
  html: broken('page', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
  'truncated-json': { ...healthy, body: 'half' },
  'huge-body': { ...healthy, body: 'huge' },
  'endless-chunks': { ...healthy, body: 'endless' },
  redirect: broken('nothing', { status: 307 }),
  'redirect-insecure': broken('nothing', { status: 307 }),
  'tls-self-signed': { ...healthy, at: 'connection', tls: true },
  'tls-plain-text': { ...healthy, at: 'connection', tls: true },
  'error-after-storing': {
    ...healthy,
    status: 500,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: 'internal error',
  },
  late: { ...healthy, body: 'whole, but late' },
};

/** Every fault, and `none`. */
export const faults: readonly Fault[] = Object.freeze(Object.keys(faultPlans) as Fault[]);
