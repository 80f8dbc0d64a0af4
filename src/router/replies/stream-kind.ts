import { isResponse } from './is-response.ts';

/** The ways in which a reply can come in pieces. */
export type StreamKind = 'web' | 'node' | 'iterable' | 'response';

type Looks = Partial<
  Record<'getReader' | 'pipe' | 'on' | 'emit' | typeof Symbol.asyncIterator, unknown>
>;

/** What kind of stream a value is; undefined for any other value, and for one that does not let itself be looked at. */
export function streamKindOf(value: object): StreamKind | undefined {
  try {
    const looks = value as Looks;
    if (typeof looks.getReader === 'function') return 'web';
    if (typeof looks[Symbol.asyncIterator] === 'function')
      return isNodeStream(looks) ? 'node' : 'iterable';
    return isResponse(value) ? 'response' : undefined;
  } catch {
    return undefined;
  }
}

const isNodeStream = ({ pipe, on, emit }: Looks): boolean =>
  typeof pipe === 'function' && typeof on === 'function' && typeof emit === 'function';
