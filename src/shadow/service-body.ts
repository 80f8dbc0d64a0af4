/** Bytes that a body may have for Engramia to take it. */
export const serviceBodyBytes = 1_048_576;

/** Bytes that JSON writes a UTF-16 unit of a text in, at most: `\u001f`. */
export const mostBytesPerUnit = 6;
