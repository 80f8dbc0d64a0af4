import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8');
const page = guide.split('## What your functions get and give')[1]?.split(/^## /m)[0] ?? '';

/** The names of an interface's members, as its source declares them. */
function membersOf(file: string, name: string): string[] {
  const source = readFileSync(join(root, 'src/core/call', file), 'utf8');
  const body = source.split(`export interface ${name} {`)[1]?.split(/^}/m)[0] ?? '';
  const members = body.matchAll(/^ {2}(?:readonly )?(\w+)\??[(:]/gm);
  return [...members].map(([, member = '']) => member);
}

describe('the guide', () => {
  it.each([
    ['subject.ts', 'Subject'],
    ['subject.ts', 'ReportedFacts'],
    ['call-context.ts', 'CallContext'],
  ])('names every member of %s, %s', (file, name) => {
    const members = membersOf(file, name);
    expect(members.length).toBeGreaterThan(2);
    expect(members.filter((member) => !new RegExp(`\\b${member}\\b`).test(page))).toEqual([]);
  });
});

describe('the page of what can be observed', () => {
  it('names every reason of a stage', () => {
    const observed = readFileSync(join(root, 'docs/observability.md'), 'utf8');
    const sources = ['contracts/stage-source.ts', 'events/events.ts'].map((file) =>
      readFileSync(join(root, 'src/core', file), 'utf8'),
    );
    const unions = sources.join().matchAll(/export type (?:StageReason|DecisionReason) =([^;]+);/g);
    const reasons = [...unions].flatMap(([, union = '']) =>
      [...union.matchAll(/'([\w-]+)'/g)].map(([, reason = '']) => reason),
    );
    expect(reasons.length).toBeGreaterThan(8);
    expect(reasons.filter((reason) => !observed.includes(`\`${reason}\``))).toEqual([]);
  });
});
