import type { Deadline } from './deadline.ts';

/** Reads a body as UTF-8; undefined as soon as it is longer than `maxBytes`, and then it is cancelled. */
export async function readText(
  response: Response,
  maxBytes: number,
  deadline: Pick<Deadline<unknown>, 'drop' | 'ended'>,
): Promise<string | undefined> {
  if (response.body === null) return '';
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const drop = (): void => void reader.cancel().catch(() => {});
  deadline.drop = drop;
  if (deadline.ended) drop();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      drop();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
