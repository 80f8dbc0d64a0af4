import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sqliteStore } from 'engramia-cutover/stores/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstHash } from '../../src/core/contracts/audit-entry.ts';
import type { Store } from '../../src/core/contracts/store.ts';
import { listOf } from '../../src/testing/stores/store-harness.ts';
import { tempFolder } from './temp-folder.ts';

const program = fileURLToPath(new URL('committing.child.ts', import.meta.url));

const flags = ['--disable-warning=ExperimentalWarning', program];
const cache = mkdtempSync(join(tmpdir(), 'cutover-compiled-'));
const env = { ...process.env, NODE_COMPILE_CACHE: cache };

// One that ends by itself leaves its compiled code to those that are killed: they start in a quarter of the time.
beforeAll(() => void execFileSync(process.execPath, flags, { env }));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

function startChild(path: string, name: string): ChildProcess {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return spawn(process.execPath, [...flags, path, name], { env, stdio: [...stdio] });
}

/** The last version that a child said to be on the disk, when it is killed after so many and a moment more. */
async function killAfter(child: ChildProcess, lines: number, turns: number): Promise<number> {
  let last = 0;
  let heard = 0;
  child.stdout?.setEncoding('utf8');
  const out = createInterface({ input: child.stdout ?? process.stdin });
  out.on('line', (line) => {
    last = Number(line);
    heard += 1;
    if (heard === lines) void afterTurns(turns).then(() => child.kill('SIGKILL'));
  });
  await Promise.all([once(child, 'close'), once(out, 'close')]);
  return last;
}

/** A moment that depends on nothing but the event loop: somewhere within the child's next commits. */
async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((next) => setImmediate(next));
}

/** The version, when state and entries agree and the trail is whole. */
async function wholeVersion(store: Store): Promise<number> {
  const { version, state, head } = await store.rollout('chat');
  const entries = await listOf(store.audit('chat'));
  let previous = firstHash;
  for (const [seq, entry] of entries.entries()) {
    expect([entry.seq, entry.previous]).toEqual([seq, previous]);
    previous = entry.hash;
  }
  expect(head).toEqual({ length: version, hash: previous });
  expect(state?.version).toBe(version);
  expect(state?.actor).toBe(entries.at(-1)?.reason);
  return version;
}

describe('an SQLite store', () => {
  it('has state and trail whole after its process was killed at any moment', async () => {
    const path = join(tempFolder(), 'store.db');
    let before = 0;
    for (let round = 0; round < 30; round += 1) {
      const told = await killAfter(
        startChild(path, `round ${round}`),
        1 + (round % 7),
        (round * 37) % 200,
      );
      await using store = sqliteStore({ path });
      const version = await wholeVersion(store);
      expect(version).toBeGreaterThanOrEqual(told);
      expect(told).toBeGreaterThan(before);
      before = version;
    }
  });

  it('makes one line of versions of two processes, one of which is killed', async () => {
    const path = join(tempFolder(), 'store.db');
    const children = ['a', 'b'].map((name) => startChild(path, name));
    const told = await Promise.all(children.map((child, n) => killAfter(child, 20 + 20 * n, n)));
    await using store = sqliteStore({ path });
    expect(await wholeVersion(store)).toBeGreaterThanOrEqual(Math.max(...told));
    const makers = (await listOf(store.audit('chat'))).map(({ reason }) => reason);
    expect([...new Set(makers)].sort()).toEqual(['a', 'b']);
  });
});
