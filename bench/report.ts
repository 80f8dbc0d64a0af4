import { availableParallelism, cpus } from 'node:os';
import type { BenchRun } from './bench-run.ts';
import type { CaseName, PathFigures } from './callers-path.ts';
import type { HangingLatency } from './hanging-latency.ts';
import { medianAddedRatio, medianRatio } from './measure.ts';
import { median } from './median.ts';
import { table } from './table.ts';
import { type FigureName, type Figures, holds, targets } from './targets.ts';

const show = (value: number): string => {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toFixed(3)));
};

/** Where and on what was measured. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `node ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores, ${model}`;
}

/** The cost of each case: ratios first, nanoseconds as information. */
export function pathTable({ costs, bytes }: PathFigures): string {
  const header = ['CPU a call', '× ideal', 'drained', 'added ×', 'ns', 'ns drained', 'bytes'];
  const names = Object.keys(costs) as CaseName[];
  const rows = names.map((name) => {
    const { path, drained } = costs[name];
    return [
      name,
      medianRatio(path, costs.ideal.path).toFixed(2),
      medianRatio(drained, costs.ideal.path).toFixed(2),
      medianAddedRatio(path, costs.ideal.path, costs.direct.path).toFixed(2),
      median(path).toFixed(0),
      median(drained).toFixed(0),
      (bytes[name] - bytes.direct).toFixed(0),
    ];
  });
  return table([header, ...rows]);
}

/** The figures that the targets are not made of. */
export function notes(run: BenchRun): string {
  const { tenants, queue, hanging, givingUp, hangingDelay: delay, hash, imports } = run;
  const { costs } = run.path;
  const added = (theirs: CaseName, ours: CaseName): string =>
    medianAddedRatio(costs[theirs].path, costs[ours].path, costs.direct.path).toFixed(1);
  const plain = (theirs: CaseName, ours: CaseName): string =>
    medianRatio(costs[theirs].path, costs[ours].path).toFixed(1);
  const each = (values: Readonly<Record<string, number>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${show(value)}`)
      .join(', ');
  return [
    'Peers are compared by all CPU of a call; by what is added to the direct call they are:',
    `  LaunchDarkly live ${added('launchDarklyLive', 'live')} ×, 50 % ${added('launchDarklyPct50', 'pct50')} ×, shadow ${added('launchDarklyShadow', 'shadow')} ×; tzientist ${added('tzientist', 'mirror')} ×; OpenFeature ${added('openFeature', 'live')} ×`,
    `  LaunchDarkly's live reads both legs; its rampdown, one leg as our live: ${plain('launchDarklyRampdown', 'live')} ×; tzientist, which learns nothing, against shadow with learning: ${plain('tzientist', 'shadow')} ×; LaunchDarkly's shadow against mirroring alone: ${plain('launchDarklyShadow', 'mirror')} ×`,
    `10^6 tenants cost the ideal router ${show(tenants.idealManyTenants)} ×`,
    `queue, µs a task: 10^4 ${show(queue.laneAt10k)}, 10^5 ${show(queue.laneAt100k)}, fastq ${show(queue.fastqAt100k)}, p-queue ${show(queue.pQueueAt100k)}; offer ${show(queue.offerNs)} ns`,
    `hanging service: ${hanging.requests} requests, ${hanging.offered} offered, ${hanging.dropped} dropped, ${hanging.mostSockets} sockets at once; while requests are given up ${givingUp.mostSockets}; event-loop delay p99, ms: stage off ${show(delay.off)}, healthy ${show(delay.healthy)}, hanging ${show(delay.hanging)}, given up ${show(delay.givingUp)}`,
    `hash, |z|: ${each(hash.z)}; |r|: ${each(hash.r)}`,
    `import, ms: package ${show(imports.packageMs)}, with a client ${show(imports.clientMs)}, zod and eventemitter3 ${show(imports.baselineMs)}`,
  ].join('\n');
}

/** What users waited for an app whose service does this or that. */
export function latencyTable(latency: HangingLatency): string {
  const rows = Object.entries(latency).map(([name, { p50, p99 }]) => [
    name === 'twin' ? 'off again' : name,
    p50.toFixed(2),
    p99.toFixed(2),
  ]);
  return table([['latency over HTTP, ms', 'p50', 'p99'], ...rows]);
}

const names = Object.keys(targets) as FigureName[];

/** Every figure beside its target. */
export function targetTable(figures: Figures): string {
  const rows = names.map((name) => {
    const { id, what, bound, target, floor } = { floor: undefined, ...targets[name] };
    const sign = bound === 'most' ? '≤' : '≥';
    return [
      `${id.padEnd(4)}${what}`,
      show(figures[name]),
      `${sign} ${target}`,
      floor === undefined ? '' : `${sign} ${floor}`,
      holds(bound, figures[name], target) ? 'met' : 'missed',
    ];
  });
  return table([['figure', 'measured', 'target', 'floor', ''], ...rows]);
}

/** The floors that figures have not kept. */
export function brokenFloors(figures: Figures): string[] {
  return names.flatMap((name) => {
    const { id, what, bound, floor } = { floor: undefined, ...targets[name] };
    if (floor === undefined || holds(bound, figures[name], floor)) return [];
    return [`${id} ${what}: ${show(figures[name])}, the floor is ${floor}`];
  });
}
