import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const map =
  readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('## A map of the code')[1] ?? '';
const named = [...map.matchAll(/^\| `([^`]+)` \|/gm)].map((row) => row[1] ?? '');

/** Every folder of src, and the files that are in none of its folders. */
function places(): string[] {
  const source = join(root, 'src');
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.parentPath === source)
    .map((entry) => {
      const path = join(entry.parentPath, entry.name).slice(root.length);
      return entry.isDirectory() ? `${path}/` : path;
    });
}

describe('the map of the code', () => {
  it('names every folder of src, and every file outside them', () => {
    expect(places().filter((place) => !named.includes(place))).toEqual([]);
  });

  it('names nothing that is not there', () => {
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names nothing twice', () => {
    expect(new Set(named).size).toBe(named.length);
  });
});
