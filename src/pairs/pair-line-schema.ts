import { z } from 'zod';
import { attempt } from '../core/attempt.ts';
import type { PairRecord } from '../core/contracts/pair-record.ts';
import type { MissedPairs, MissReason } from '../core/contracts/pair-sink.ts';
import { type Stage, stageNames } from '../core/stage.ts';

/** What a line of a pair log holds. `torn`: no JSON, as a crash leaves it. `unknown`: nothing that is known here. */
export type PairLine =
  | { readonly type: 'pair'; readonly pair: PairRecord; readonly textUntil: number | undefined }
  | { readonly type: 'missed'; readonly misses: MissedPairs }
  | { readonly type: 'torn' | 'unknown' };

const reasons: Readonly<Record<MissReason, true>> = {
  noKey: true,
  filtered: true,
  unsafe: true,
  unreadable: true,
  sampled: true,
  budget: true,
  count: true,
  bytes: true,
  tenant: true,
  closed: true,
  aborted: true,
  late: true,
  failed: true,
};

const legName = z.enum(['legacy', 'candidate']);
const verdict = z.enum(['same', 'similar', 'different', 'worse']);
const words = z.array(z.string());
const advisory = z.literal(true).exactOptional();

const where = {
  kind: z.enum(['compare', 'noise']),
  at: z.number().nonnegative(),
  route: z.string(),
  tenant: z.string(),
};

const legSchema = () =>
  z.object({
    leg: legName,
    ended: z.enum(['answered', 'failed', 'late']),
    durationMs: z.number(),
    chars: z.number().nonnegative().exactOptional(),
    sha256: z.string().exactOptional(),
    tools: words.exactOptional(),
    usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }).exactOptional(),
    recalled: words.exactOptional(),
    error: z
      .object({
        name: z.string(),
        code: z.string().exactOptional(),
        status: z.number().exactOptional(),
      })
      .exactOptional(),
  });

const divergenceSchema = () =>
  z.object({
    verdict,
    decidedBy: z.string(),
    advisory,
    layers: z.array(
      z.object({
        layer: z.string(),
        say: z.enum([...verdict.options, 'none']),
        ms: z.number(),
        metrics: z.record(z.string(), z.number()).exactOptional(),
        notes: words.exactOptional(),
        advisory,
      }),
    ),
    notes: words,
    ms: z.number(),
  });

function schemaOf() {
  const stage = z.enum(stageNames as [Stage, ...Stage[]]);
  const leg = legSchema();
  const text = z.object({
    task: z.string(),
    legacy: z.string().exactOptional(),
    candidate: z.string().exactOptional(),
  });
  const pair = z.object({
    type: z.literal('pair'),
    textUntil: z.number().exactOptional(),
    ...where,
    requestId: z.string(),
    stage,
    served: legName,
    legacy: leg,
    candidate: leg,
    divergence: divergenceSchema().exactOptional(),
    text: text.exactOptional(),
  });
  const missed = z.object({
    type: z.literal('missed'),
    ...where,
    stage,
    why: z.enum(Object.keys(reasons) as [MissReason, ...MissReason[]]),
    count: z.int().positive(),
  });
  return z.discriminatedUnion('type', [pair, missed]);
}

let schema: ReturnType<typeof schemaOf> | undefined;

/** Reads a line of a pair log. Never throws. */
export function readPairLine(line: string): PairLine {
  const content = attempt(() => ({ value: JSON.parse(line) as unknown }));
  if (content === undefined) return { type: 'torn' };
  schema ??= schemaOf();
  const { data } = schema.safeParse(content.value);
  if (data === undefined) return { type: 'unknown' };
  if (data.type === 'missed') {
    const { type, ...misses } = data;
    return { type, misses };
  }
  const { type, textUntil, ...pair } = data;
  return { type, pair, textUntil };
}
