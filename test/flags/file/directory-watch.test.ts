import { EventEmitter } from 'node:events';
import fs, { mkdirSync, renameSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DirectoryWatch } from '../../../src/flags/file/directory-watch.ts';
import { freshFolder } from '../flag-files.ts';

type Heard = (event: string, name: string | null) => void;

class Watcher extends EventEmitter {
  readonly close = vi.fn();
  readonly heard: Heard;

  constructor(heard: Heard) {
    super();
    this.heard = heard;
  }
}

/** Watches for changes of a file that only the test tells of. */
function setUp() {
  const folder = join(freshFolder(), 'config');
  mkdirSync(folder);
  const watchers: Watcher[] = [];
  const watch = vi.spyOn(fs, 'watch').mockImplementation(((
    _path: string,
    _options: object,
    heard: Heard,
  ) => {
    const watcher = new Watcher(heard);
    watchers.push(watcher);
    return watcher;
  }) as unknown as typeof fs.watch);
  syncBuiltinESMExports();
  onTestFinished(() => {
    watch.mockRestore();
    syncBuiltinESMExports();
  });
  const noticed = vi.fn();
  const watched = new DirectoryWatch(join(folder, 'flags.json'), noticed);
  const another = (): void => {
    renameSync(folder, `${folder}-before`);
    mkdirSync(folder);
  };
  return { folder, watch, watchers, watched, noticed, another };
}

describe('the watch of a directory', () => {
  it('begins once, keeps no process alive, and looks at what happened before', async () => {
    const { folder, watch, watched, noticed } = setUp();
    for (const _call of [1, 2]) await watched.ensure();
    expect(watch.mock.calls.map(([path, options]) => [path, options])).toEqual([
      [folder, { persistent: false }],
    ]);
    expect(noticed).toHaveBeenCalledOnce();
  });

  it('leaves the directory that another one has taken the place of', async () => {
    const { watchers, watched, noticed, another } = setUp();
    await watched.ensure();
    another();
    await watched.ensure();
    expect(watchers.map(({ close }) => close.mock.calls.length)).toEqual([1, 0]);
    expect(noticed).toHaveBeenCalledTimes(2);
  });

  it('begins again after an error', async () => {
    const { watchers, watched } = setUp();
    await watched.ensure();
    watchers[0]?.emit('error', new Error('no watches left'));
    expect(watchers[0]?.close).toHaveBeenCalledOnce();
    await watched.ensure();
    expect(watchers).toHaveLength(2);
  });

  it('begins again when its directory says that it goes, which is no change of the file', async () => {
    const { folder, watchers, watched, noticed } = setUp();
    await watched.ensure();
    watchers[0]?.heard('rename', basename(folder));
    expect(noticed).toHaveBeenCalledOnce();
    await watched.ensure();
    expect(watchers).toHaveLength(2);
  });

  it.each([
    ['the file', 'flags.json', true],
    ['the link that Kubernetes swaps', '..data', true],
    ['something without a name', null, true],
    ['another file', 'flags.json.tmp', false],
    ['a hidden file', '.flags.json.swp', false],
  ])('takes a change of %s for one or not', async (_what, name, isChange) => {
    const { watchers, watched, noticed } = setUp();
    await watched.ensure();
    noticed.mockClear();
    watchers[0]?.heard('change', name);
    expect(noticed).toHaveBeenCalledTimes(isChange ? 1 : 0);
    expect(watchers[0]?.close).not.toHaveBeenCalled();
  });

  it('ends for good when it is closed', async () => {
    const { watch, watchers, watched, another } = setUp();
    await watched.ensure();
    watched.close();
    expect(watchers[0]?.close).toHaveBeenCalledOnce();
    another();
    await watched.ensure();
    expect(watch).toHaveBeenCalledOnce();
  });

  it('does without where nothing can be watched', async () => {
    const { watch, watched, noticed } = setUp();
    watch.mockImplementationOnce(() => {
      throw new Error('no watches left');
    });
    await watched.ensure();
    expect(noticed).not.toHaveBeenCalled();
    await watched.ensure();
    expect(noticed).toHaveBeenCalledOnce();
  });
});
