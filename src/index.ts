export type { Leg, Stage } from './core/stage.ts';
