import { toMediaType } from './media-type.ts';

/** The types that replies were given here because their candidates had said nothing of them. */
const invented = new WeakMap<object, string>();

/**
 * The type that is sent with a stream of which nobody said what it is. It is for the client: what is learned is read as being
 * of no type, as in the shadow, where nothing is sent.
 *
 * @param reply - what the captured reply will be read from
 * @param first - the stream's first chunk
 */
export function inventType(reply: object, first: string | Buffer | undefined): string {
  const type = typeof first === 'string' ? 'text/plain' : 'application/octet-stream';
  invented.set(reply, type);
  return type;
}

/** The type that somebody has declared: what was invented here and sent as such is none. */
export function declaredType(reply: object, sent: string | undefined): string | undefined {
  const type = invented.get(reply);
  return type !== undefined && toMediaType(sent)?.essence === type ? undefined : sent;
}
