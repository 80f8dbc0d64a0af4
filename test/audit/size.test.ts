import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('verifying.child.ts', import.meta.url));
const entries = 20_000;

describe('a long trail', () => {
  it('is verified by a process whose heap has room for half of it', async () => {
    // Its text alone has 40 MB. A process that needs more than its limit is ended by V8, which no garbage can bring about.
    const run = promisify(execFile)(process.execPath, [
      '--max-heap-size=16',
      program,
      `${entries}`,
    ]);
    expect(JSON.parse((await run).stdout)).toEqual({ ok: true, entries });
  });
});
