/** Arguments that are known already: nothing is inferred from them, so that `legacy` alone says what those of a route are. */
export type GivenArguments<A extends unknown[]> = { [K in keyof A]: A[K] };
