/** Bytes of a request's body that are held for a second leg, unless the app says otherwise. */
export const defaultMaxBodyBytes = 1_048_576;

/** Milliseconds that such a body may take to arrive. */
export const defaultMaxBodyWaitMs = 10_000;
