import { computeRollup, events, readRollup } from './analytics.ts';
import { audit } from './audit.ts';
import type { Endpoint } from './endpoint.ts';
import { governanceEndpoints } from './governance.ts';
import { jobEndpoints } from './jobs.ts';
import { keyEndpoints } from './keys.ts';
import { learn } from './learn.ts';
import { classifyPattern, deletePattern } from './patterns.ts';
import { recall } from './recall.ts';
import { serviceEndpoints } from './service.ts';
import { registerSkills, searchSkills } from './skills.ts';
import { exportPatterns, exportScope, importPatterns } from './transfer.ts';

/** Every endpoint of the emulator. All other paths answer 404. */
export const endpoints: readonly Endpoint[] = [
  ...serviceEndpoints,
  learn,
  recall,
  importPatterns,
  exportPatterns,
  exportScope,
  deletePattern,
  classifyPattern,
  registerSkills,
  searchSkills,
  events,
  computeRollup,
  readRollup,
  audit,
  ...keyEndpoints,
  ...governanceEndpoints,
  ...jobEndpoints,
];
