import { fakeEngramia } from 'engramia-cutover/testing';
import { afterAll } from 'vitest';
import type { ContractTarget } from './target.ts';

const scope = { tenant: 'default', project: 'default' };

/** Starts the emulator on a port, with its rate limits on, until the file's tests have ended. */
export async function emulatedTarget(
  mode: ContractTarget['mode'],
  embeddings = false,
): Promise<ContractTarget> {
  const editor = 'contract-editor';
  // With JSON all keys have one role, the owner's by default.
  const database = {
    [editor]: { ...scope, role: 'editor' },
    'contract-reader': { ...scope, role: 'reader' },
    'contract-admin': { ...scope, role: 'admin' },
  } as const;
  const json = { [editor]: { ...scope, role: 'owner' } } as const;
  const fake = await fakeEngramia({ mode, embeddings, keys: mode === 'json' ? json : database });
  const { url } = await fake.listen();
  afterAll(() => fake[Symbol.asyncDispose]());
  const name = embeddings ? 'the emulator with embeddings' : 'the emulator';
  const keys =
    mode === 'json'
      ? { editor, admin: editor }
      : { editor, reader: 'contract-reader', admin: 'contract-admin' };
  return { name, url, mode, alone: true, keys };
}
