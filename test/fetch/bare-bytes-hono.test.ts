import { describe } from 'vitest';
import { testBareBytes } from './bare-bytes.ts';

describe('a fetch handler on Hono', () => testBareBytes('Hono'));
