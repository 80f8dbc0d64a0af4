import type { CutoverStats } from '../core/contracts/stats.ts';
import { issuesOf, type OptionChecks, refuse } from '../core/option-checks.ts';
import { type MetricFamily, metricFamilies, type Sample } from './metric-families.ts';

/** Settings of `prometheusText`. */
export interface PrometheusOptions {
  /** Labels that every sample gets, to tell the cutovers of one process apart. @default none */
  labels?: Readonly<Record<string, string>> | undefined;
}

const prefix = 'engramia_cutover_';

/** What the metrics themselves use; a label of the app must not take their place. */
const ownLabels = new Set(['route', 'stage', 'leg', 'lane', 'reason', 'outcome', 'state', 'le']);

const optionChecks: OptionChecks = {
  labels: {
    test: (labels) =>
      typeof labels === 'object' && labels !== null && Object.entries(labels).every(isLabel),
    must: `be texts by label names that are none of ${[...ownLabels].join(', ')}`,
  },
};

const isSource = (source: unknown): boolean => {
  const { stats, routes } = (source ?? {}) as { stats?: unknown; routes?: unknown };
  return typeof stats === 'function' || typeof routes === 'object';
};

function isLabel([name, value]: [string, unknown]): boolean {
  const isName = /^[a-zA-Z_]\w*$/.test(name) && !name.startsWith('__');
  return isName && !ownLabels.has(name) && typeof value === 'string';
}

/**
 * The statistics in Prometheus' text exposition format 0.0.4, made when it is asked for: calls pay nothing for it. To be
 * answered with `prometheusContentType`.
 *
 * @throws InvalidOptionsError for what has no statistics, and for labels that cannot be used
 * @example
 * ```ts
 * import { createCutover } from 'engramia-cutover';
 * import { memoryFlags } from 'engramia-cutover/flags';
 * import { prometheusText } from 'engramia-cutover/metrics';
 *
 * const cutover = createCutover({ flags: memoryFlags('off') });
 * console.log(prometheusText(cutover));
 * ```
 */
export function prometheusText(
  source: CutoverStats | { stats(): CutoverStats },
  options: PrometheusOptions = {},
): string {
  refuse('prometheusText()', [
    ...(isSource(source) ? [] : ['source must be one cutover, a handler of one, or its stats()']),
    ...issuesOf(options, optionChecks),
  ]);
  const stats = 'stats' in source ? source.stats() : source;
  return metricFamilies.map((family) => textOf(family, stats, options.labels)).join('');
}

function textOf(
  family: MetricFamily,
  stats: CutoverStats,
  shared: PrometheusOptions['labels'],
): string {
  const name = `${prefix}${family.name}`;
  const lines = family.samples(stats).map(({ suffix = '', labels, value }) => {
    return `${name}${suffix}${labelText({ ...shared, ...labels })} ${value}`;
  });
  const head = [`# HELP ${name} ${family.help}`, `# TYPE ${name} ${family.type}`];
  return `${[...head, ...lines].join('\n')}\n`;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, (sign) => escapes[sign] ?? '')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
