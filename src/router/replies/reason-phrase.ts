const phrase = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Whether something is a reason phrase that can be given. A fetched one is whatever a server has sent, read as UTF-8: neither is a
 * `Response` made with just any, nor a head written, and that is where nobody could catch it.
 */
export const isPhrase = (text: string): boolean => phrase.test(text);
