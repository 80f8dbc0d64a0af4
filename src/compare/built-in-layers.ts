import type { Layer } from './layer.ts';
import { duration } from './layers/duration.ts';
import { embedding } from './layers/embedding.ts';
import { exact } from './layers/exact.ts';
import { judge } from './layers/judge.ts';
import { length } from './layers/length.ts';
import { refusal } from './layers/refusal.ts';
import { tools } from './layers/tools.ts';

/** The layers that look at two answers, cheapest first. Before them all stands the outcome: whether there are two. */
export const cheapLayers: readonly Layer[] = [duration, exact, tools, length, refusal];

/** Those that ask a service of the app. */
export const askingLayers: readonly Layer[] = [embedding, judge];
