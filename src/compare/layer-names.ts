/** The library's own layers, by the names of the type, in the order in which they are asked. */
export const layerNames = [
  'outcome',
  'duration',
  'exact',
  'tools',
  'length',
  'refusal',
  'language',
  'entities',
  'lexical',
  'embedding',
  'judge',
] as const;
