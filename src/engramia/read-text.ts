/** Reads a body as UTF-8; undefined as soon as it is longer than `maxBytes`, and then it is cancelled. */
export async function readText(
  response: Response,
  maxBytes: number,
  race: <T>(promise: Promise<T>) => Promise<T>,
): Promise<string | undefined> {
  if (response.body === null) return '';
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const drop = (): void => void reader.cancel().catch(() => {});
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await race(reader.read()).catch((error: unknown) => {
      drop();
      throw error;
    });
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      drop();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
