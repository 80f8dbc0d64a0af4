import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./quiet-failure.child.ts', import.meta.url));

describe('Promise 9 (quiet failure)', () => {
  it('lets a process end by itself with everything failing or hanging: no listener, no timer, no unhandled rejection', async () => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const [code] = await once(child, 'exit');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const told = JSON.parse(out) as Record<string, unknown>;
    expect(told).toMatchObject({ processListeners: [], unhandled: 0, replies: 300 });
    // One line a kind and minute, whatever the number of failures.
    expect(told.warnings).toBeGreaterThan(0);
    expect(told.warnings).toBeLessThanOrEqual(8);
  }, 20_000);
});
