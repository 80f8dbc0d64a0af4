import { readAnswer } from '../schemas/answer-schema.ts';
import type { Reader } from '../schemas/reader-schema.ts';
import { readRequest, readSegment } from '../schemas/request-schema.ts';

/** One operation of the service: where it is, what it takes and how it answers. */
export interface Endpoint<Answer> {
  /** The pacer's name for its path. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base address; `{}` stands for the segment. */
  readonly path: string;
  readonly takes: Reader<Record<string, unknown>>;
  readonly answers: Reader<Answer>;
  readonly segment?: Reader<string>;
  /** Answered without a key. */
  readonly open?: true;
  /** A status that is an answer as well, if its body fits. */
  readonly alsoAnswers?: number;
  /** Whether the larger cap of answers holds. */
  readonly large?: true;
}

type Extras<Answer> = Partial<Pick<Endpoint<Answer>, 'segment' | 'open' | 'alsoAnswers' | 'large'>>;

function endpoint<Answer>(
  line: `${'GET' | 'POST' | 'DELETE'} /${string}`,
  takes: Reader<Record<string, unknown>>,
  answers: Reader<Answer>,
  extras: Extras<Answer> = {},
): Endpoint<Answer> {
  const [method, path] = line.split(' ') as [Endpoint<Answer>['method'], string];
  const name = path.replace('/v1/', '');
  return { name, method, path, takes, answers, ...extras };
}

const { none } = readRequest;
const { id, patternKey } = readSegment;

/** The operations of the service that the client knows, a row each. */
export const endpoints = {
  learn: endpoint('POST /v1/learn', readRequest.learn, readAnswer.learn),
  recall: endpoint('POST /v1/recall', readRequest.recall, readAnswer.recall),
  metrics: endpoint('GET /v1/metrics', none, readAnswer.metrics),
  health: endpoint('GET /v1/health', none, readAnswer.health),
  deepHealth: endpoint('GET /v1/health/deep', none, readAnswer.deepHealth, { alsoAnswers: 503 }),
  version: endpoint('GET /v1/version', none, readAnswer.version, { open: true }),
  audit: endpoint('GET /v1/audit', readRequest.audit, readAnswer.audit),
  events: endpoint('GET /v1/analytics/events', readRequest.events, readAnswer.events),
  billing: endpoint('GET /v1/billing/status', none, readAnswer.billing),
  export: endpoint('GET /v1/export', none, readAnswer.export, { large: true }),
  import: endpoint('POST /v1/import', readRequest.import, readAnswer.import),
  deletePattern: endpoint('DELETE /v1/patterns/{}', none, readAnswer.deletePattern, {
    segment: patternKey,
  }),
  searchSkills: endpoint('POST /v1/skills/search', readRequest.searchSkills, readAnswer.recall),
  evaluate: endpoint('POST /v1/evaluate', readRequest.evaluate, readAnswer.evaluate),
  listKeys: endpoint('GET /v1/keys', none, readAnswer.keys),
  createKey: endpoint('POST /v1/keys', readRequest.createKey, readAnswer.newKey),
  rotateKey: endpoint('POST /v1/keys/{}/rotate', none, readAnswer.newKey, { segment: id }),
  revokeKey: endpoint('DELETE /v1/keys/{}', none, readAnswer.revokeKey, { segment: id }),
  deleteProject: endpoint('DELETE /v1/governance/projects/{}', none, readAnswer.deleteProject, {
    segment: id,
  }),
  retention: endpoint('GET /v1/governance/retention', none, readAnswer.scope),
  computeRollup: endpoint('POST /v1/analytics/rollup', readRequest.rollup, readAnswer.rollups),
  dailyRollup: endpoint('GET /v1/analytics/rollup/daily', none, readAnswer.scope),
} as const;

/** The name of an operation. */
export type EndpointName = keyof typeof endpoints;

/** What an operation answers with. */
export type AnswerOf<Name extends EndpointName> =
  (typeof endpoints)[Name] extends Endpoint<infer Answer> ? Answer : never;
