import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One TypeScript block of a document. */
export interface Snippet {
  /** File and line of its first line of code. */
  readonly place: string;
  readonly code: string;
  /** False for a block marked `ts no-run`: compiled only. */
  readonly runs: boolean;
}

/** Takes the TypeScript blocks out of a Markdown text. */
export function snippetsOf(path: string, markdown: string): Snippet[] {
  const fence = /^```ts( no-run)?\n(.*?)^```$/gms;
  return [...markdown.matchAll(fence)].map((match) => ({
    place: `${path}:${markdown.slice(0, match.index).split('\n').length + 1}`,
    code: match[2] ?? '',
    runs: match[1] === undefined,
  }));
}

/** The Markdown files for users: README.md and everything below docs. */
function documentPaths(root: string): string[] {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const documents = pages.filter((page) => page.endsWith('.md')).map((page) => `docs/${page}`);
  return [...readdirSync(root).filter((name) => name === 'README.md'), ...documents.sort()];
}

/** Every TypeScript block of the documents. */
export function allSnippets(root: string): Snippet[] {
  return documentPaths(root).flatMap((path) =>
    snippetsOf(path, readFileSync(join(root, path), 'utf8')),
  );
}
