/** Bytes of a reply that are kept to be looked at, unless a route says otherwise. */
export const defaultMaxReplyBytes = 262_144;
