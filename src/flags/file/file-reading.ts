import { attempt } from '../../core/attempt.ts';
import { nextTurn } from '../../core/pieces.ts';
import { type FileHead, fileHead } from './file-head.ts';
import { readFlagFile } from './flag-file-schema.ts';
import { FlagTable } from './flag-table.ts';

/** What a look at a flag file gave: its bytes, or why there are none. */
export type FileLook =
  | { readonly bytes: Buffer; readonly trouble?: undefined }
  | { readonly bytes?: undefined; readonly trouble: string };

/** What the bytes of a flag file say, or what is wrong with them. Never a part of what is in the file. */
export type FileVerdict =
  | { readonly table: FlagTable; readonly trouble?: undefined }
  | { readonly table?: undefined; readonly trouble: string };

const troubles: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EINVAL: 'is not a file',
  EISDIR: 'is not a file',
};
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Looks at a flag file at once. Never throws. */
export function lookSync(path: string, maxBytes: number): FileLook {
  try {
    return bounded(fileHead.readSync(path, maxBytes), maxBytes);
  } catch (error) {
    return { trouble: troubleOf(error) };
  }
}

/** Looks at a flag file off the event loop. Never rejects. */
export async function look(path: string, maxBytes: number): Promise<FileLook> {
  try {
    return bounded(await fileHead.read(path, maxBytes), maxBytes);
  } catch (error) {
    return { trouble: troubleOf(error) };
  }
}

/** Understands the bytes of a flag file. Never throws. */
export function understand(bytes: Buffer): FileVerdict {
  const steps = understanding(bytes);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same, others getting their turn of the event loop in between: of 50,000 tenants each step takes some 30 ms. Never rejects. */
export async function understandInTurns(bytes: Buffer): Promise<FileVerdict> {
  const steps = understanding(bytes);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await nextTurn();
  }
}

function* understanding(bytes: Buffer): Generator<undefined, FileVerdict> {
  const text = attempt(() => utf8.decode(bytes));
  if (text === undefined) return { trouble: 'is not UTF-8' };
  if (text.trim() === '') return { trouble: 'is empty' };
  // A parser's message shows what it could not parse: the file may be one with secrets, named by mistake.
  const content = attempt(() => ({ value: JSON.parse(text) as unknown }));
  if (content === undefined) return { trouble: 'is not JSON' };
  yield;
  const reading = readFlagFile(content.value);
  if (!reading.ok) return { trouble: `cannot be used: ${reading.issues.join('; ')}` };
  yield;
  return { table: new FlagTable(reading.file) };
}

function bounded({ bytes, size }: FileHead, maxBytes: number): FileLook {
  if (size > maxBytes) return { trouble: `has more than ${maxBytes} bytes` };
  return size === bytes.length ? { bytes } : { trouble: 'is being written' };
}

function troubleOf(error: unknown): string {
  const code = String(attempt(() => (error as NodeJS.ErrnoException).code));
  return troubles[code] ?? `cannot be read (${code})`;
}
