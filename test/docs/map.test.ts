import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const map =
  readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('## A map of the code')[1] ?? '';
const named = [...map.matchAll(/^\| `([^`]+)` \|/gm)].map((row) => row[1] ?? '');

function sourceFolders(): string[] {
  const entries = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${join(entry.parentPath, entry.name).slice(root.length)}/`);
}

describe('the map of the code', () => {
  it('names every folder of src', () => {
    expect(sourceFolders().filter((folder) => !named.includes(folder))).toEqual([]);
  });

  it('names nothing that is not there', () => {
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names nothing twice', () => {
    expect(new Set(named).size).toBe(named.length);
  });
});
