/** The options of a leg, of which `reply` must be one where the reply that it gives by itself is not the handler's. */
export type Replying<O extends { reply?: unknown }, Own, R> = O &
  ([Own] extends [R] ? unknown : Required<Pick<O, 'reply'>>);
