import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const pages = [...globSync('*.md'), ...globSync('docs/**/*.md')];
const text = (page: string): string => readFileSync(page, 'utf8').replace(/^```.*?^```/gms, '');

/** Links to files of the project, as `file#anchor`. */
function linksOf(page: string): string[] {
  const targets = [...text(page).matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target]) => target as string,
  );
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that its headings have where it is shown. */
function anchorsOf(page: string): Set<string> {
  const headings = [...text(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading as string);
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
  return new Set(headings.map(slug));
}

/** Why a link leads nowhere; undefined: it leads somewhere. */
function brokenBy(page: string, link: string): string | undefined {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : normalize(join(dirname(page), file));
  if (!existsSync(target)) return `${link}: no such file`;
  if (anchor === undefined || anchorsOf(target).has(anchor)) return undefined;
  return `${link}: no such heading`;
}

describe('the links of the pages', () => {
  it.each(pages)('lead somewhere: %s', (page) => {
    const broken = linksOf(page).map((link) => brokenBy(page, link));
    expect(broken.filter((why) => why !== undefined)).toEqual([]);
  });

  it('are many', () => {
    expect(pages.length).toBeGreaterThan(30);
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(200);
  });

  it('lead to what is in the package, of what is in the package', () => {
    const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };
    const packed = [...files, 'README.md', 'LICENSE', 'package.json'];
    const isPacked = (path: string): boolean =>
      packed.some((one) => path === one || path.startsWith(`${one}/`));
    const leadsTo = (page: string, link: string): string =>
      normalize(join(dirname(page), link.replace(/#.*/, '')));
    const outside = pages
      .filter(isPacked)
      .flatMap((page) =>
        linksOf(page)
          .filter((link) => !link.startsWith('#'))
          .map((link) => leadsTo(page, link)),
      )
      .filter((target) => !isPacked(target));
    expect(outside).toEqual([]);
  });
});
