import { entities } from '../layers/entities.ts';
import { language } from '../layers/language.ts';
import { lexical } from '../layers/lexical.ts';
import type { WordLayer } from './word-layer.ts';

/** The layers that go by words, cheapest first: asked after those that need none. */
export const wordLayers: readonly WordLayer[] = [language, entities, lexical];
