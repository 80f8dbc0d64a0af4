import { tapWebStream } from '../../src/router/replies/tap-web-stream.ts';
import { noting as notingAll } from './tapped.ts';

/** What an observer is told, with the text of bytes as they pass: who keeps them copies them then. */
export function noting() {
  const { told, observer } = notingAll();
  const chunk = (value: unknown): void =>
    observer.chunk(value instanceof Uint8Array ? Buffer.from(value).toString() : value);
  return { told, observer: { ...observer, chunk } };
}

export function tapped(stream: ReadableStream<unknown>) {
  const { told, observer } = noting();
  const tap = tapWebStream(stream, observer);
  if (tap === undefined) throw new Error('not tapped');
  return { told, tap, reply: tap.reply as ReadableStream<unknown> };
}
export const textOf = async (stream: AsyncIterable<unknown>): Promise<string> => {
  let text = '';
  for await (const chunk of stream) text += Buffer.from(chunk as string).toString();
  return text;
};
