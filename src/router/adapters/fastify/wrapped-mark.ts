/** On the config of a route whose handler was wrapped; Fastify copies it to where a route can be looked at later. */
export const wrappedMark: unique symbol = Symbol.for('engramia-cutover.fastify.wrapped');
