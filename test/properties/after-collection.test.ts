import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('./after-collection.child.ts', import.meta.url));
const flags = ['--expose-gc', '--trace-opt', '--trace-deopt'];

/** What each call passes, of either leg, its lesson and its mirror. */
const path = [
  ...['serveKnown', 'settle', 'offer', 'offerToShadow', 'Call', 'CandidateCall', 'MirrorRun'],
  ...['LearnTask', 'Task', '#queue', '#leave', '#occupy', '#prepared', '#observe', 'lessonOf'],
];

const namesIn = (text: string, pattern: RegExp): Set<string> =>
  new Set([...text.matchAll(pattern)].map(([, name = '']) => name));

it('keeps the code that was compiled for calls when all garbage is collected while there are none', async () => {
  const run = promisify(execFile)(process.execPath, [...flags, program], { maxBuffer: 2 ** 26 });
  const [before = '', after = ''] = (await run).stdout.split('\ncollecting\n');
  expect(after).toContain('mirrored 50000, learned 50000');
  const compiled = namesIn(before, /completed optimizing \S+ <JSFunction (\S+) \(sfi/g);
  // The rest is part of what calls it.
  expect(path.filter((name) => compiled.has(name)).length).toBeGreaterThan(path.length / 2);
  const lost = namesIn(after, /SharedFunctionInfo ([^>]+)>.*embedded weak objects cleared/g);
  // Some of Node's own is: else this would read nothing.
  expect(lost.size).toBeGreaterThan(0);
  expect(path.filter((name) => lost.has(name))).toEqual([]);
}, 60_000);
