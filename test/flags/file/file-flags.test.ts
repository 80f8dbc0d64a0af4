import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type FileFlags, type FileFlagsOptions, fileFlags } from 'engramia-cutover/flags';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { answerOf, issuesOf, stageOf } from '../asking.ts';
import { freshFolder, makePipe, writeFlags } from '../flag-files.ts';

/** Flags of a file in a folder of their own, followed by polling alone unless asked otherwise. */
function setUp(options: FileFlagsOptions & { name?: string; content?: object } = {}) {
  const { name = 'flags.json', content, ...others } = options;
  const folder = freshFolder();
  const path = join(folder, name);
  if (content !== undefined) writeFlags(path, content);
  const clock = fakeClock();
  const lines: string[] = [];
  const logger = { warn: (line: string) => void lines.push(line) };
  const flags = fileFlags(path, { watch: false, clock, logger, ...others });
  onTestFinished(() => flags.onClose?.());
  return { folder, path, clock, lines, flags, events: eventsOf(flags) };
}

/** What a provider tells, as it tells it, and a way to wait for the next time. */
function eventsOf(flags: FileFlags) {
  const seen: string[] = [];
  let wake: (() => void)[] = [];
  for (const type of ['CONFIGURATION_CHANGED', 'ERROR', 'READY']) {
    flags.events?.addHandler(`PROVIDER_${type}`, () => {
      seen.push(type);
      for (const resolve of wake) resolve();
      wake = [];
    });
  }
  return {
    seen,
    /** Resolves once `type` has been told more than `before` times. */
    async next(type: string, before: number): Promise<void> {
      while (seen.filter((one) => one === type).length <= before) {
        await new Promise<void>((resolve) => wake.push(resolve));
      }
    },
    count: (type: string) => seen.filter((one) => one === type).length,
  };
}

describe('what a flag file says', () => {
  const said = (content: object) => {
    const { flags } = setUp({ content });
    flags.initialize?.();
    return flags;
  };

  it('is one stage for all', () => {
    expect(answerOf(said({ stage: 'dualwrite' }), 'acme')).toMatchObject({
      value: 'dualwrite',
      reason: 'STATIC',
    });
  });

  it('is the stages of single tenants before all else', () => {
    const flags = said({
      stage: 'dualwrite',
      tenants: { acme: 'live' },
      percent: { to: 'shadow', percent: 100 },
    });
    expect(stageOf(flags, 'acme')).toBe('live');
    expect(stageOf(flags, 'globex')).toBe('shadow');
  });

  it('is a ramp that takes the tenants that a ramp in code takes', () => {
    const ramp = { from: 'shadow', to: 'live', percent: 25.5 } as const;
    const flags = said({ percent: ramp });
    const moved = Array.from({ length: 1_000 }, (_, n) => `tenant-${n}`).filter(
      (tenant) => stageOf(flags, tenant) === 'live',
    );
    expect(moved.length).toBeGreaterThan(200);
    expect(moved.length).toBeLessThan(310);
    const more = said({ percent: { ...ramp, percent: 50 } });
    for (const tenant of moved) expect(stageOf(more, tenant)).toBe('live');
    const salted = said({ percent: { ...ramp, salt: 'another' } });
    expect(moved.filter((tenant) => stageOf(salted, tenant) === 'live').length).toBeLessThan(150);
    expect(stageOf(flags, {})).toBe('shadow');
  });

  it('can ramp over users, and leaves those outside in the stage of all', () => {
    const flags = said({ stage: 'dualwrite', percent: { to: 'live', percent: 50, by: 'user' } });
    const stages = Array.from({ length: 200 }, (_, n) =>
      stageOf(flags, { targetingKey: 'acme', user: `user-${n}` }),
    );
    expect(new Set(stages)).toEqual(new Set(['dualwrite', 'live']));
  });

  it('is the rules of a route before those of all routes, and a named tenant before any ramp', () => {
    const flags = said({
      stage: 'dualwrite',
      tenants: { acme: 'off', globex: 'off' },
      routes: {
        chat: { tenants: { acme: 'live' }, percent: { to: 'shadow', percent: 100 } },
        search: { stage: 'complete' },
        'own.key': { tenants: { acme: 'rampdown' } },
      },
    });
    expect(stageOf(flags, 'acme', 'cutover.chat')).toBe('live');
    expect(stageOf(flags, 'globex', 'cutover.chat')).toBe('off');
    expect(stageOf(flags, 'initech', 'cutover.chat')).toBe('shadow');
    expect(stageOf(flags, 'initech', 'cutover.search')).toBe('complete');
    expect(stageOf(flags, 'acme', 'own.key')).toBe('rampdown');
    expect(stageOf(flags, 'initech', 'own.key')).toBe('dualwrite');
    expect(stageOf(flags, 'initech', 'cutover.other')).toBe('dualwrite');
  });

  it('is the default where it says nothing', () => {
    const flags = said({ routes: { chat: { tenants: { acme: 'live' } } } });
    expect(answerOf(flags, 'globex')).toMatchObject({ value: 'off', reason: 'DEFAULT' });
  });
});

describe('a flag file that cannot be used', () => {
  it('is told with its path and everything that is wrong with it, and no value of it', () => {
    const content = {
      version: 2,
      stage: 'LIVE',
      colour: 'red',
      tenants: { acme: 'secret-value', '': 'off' },
      percent: { to: 'live', percent: 100.001 },
      routes: { chat: { stages: 'off', percent: { to: 'live', percent: 5, form: 'off' } } },
    };
    const { flags, path, lines } = setUp({ content });
    flags.initialize?.();
    expect(lines).toHaveLength(1);
    for (const part of [
      path,
      'version must be 1',
      'stage must be one of off, dualwrite, shadow, live, rampdown, complete',
      '"colour"',
      'tenants.acme must be one of',
      'tenants[""] names nobody',
      'percent.percent must be a number from 0 to 100 with up to two decimals',
      'routes.chat has fields that do not exist: "stages"',
      'routes.chat.percent has fields that do not exist: "form"',
    ]) {
      expect(lines[0]).toContain(part);
    }
    expect(lines[0]).not.toContain('secret-value');
  });

  it.each([
    ['is not JSON', '{"version":1,"stage":"live"'],
    ['is not JSON', 'password=hunter2'],
    ['is empty', ' \n'],
    ['the file must be an object', '[]'],
    ['the file must be an object', 'null'],
    ['percent.from is missing', '{"version":1,"percent":{"to":"live","percent":5}}'],
    ['"__proto__"', '{"version":1,"__proto__":{"stage":"live"}}'],
    ['"toString"', '{"version":1,"toString":"live"}'],
    ['has more than 64 bytes', `{"version":1,${' '.repeat(64)}"stage":"live"}`],
  ])('says "%s" of %j, and leaves the default', (what, text) => {
    const { flags, path, lines, events } = setUp({ maxBytes: 64 });
    writeFileSync(path, text);
    flags.initialize?.();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(what);
    expect(lines[0]).not.toContain('hunter2');
    expect(events.seen).toEqual(['ERROR']);
    expect(answerOf(flags, 'acme')).toMatchObject({ value: 'off', reason: 'DEFAULT' });
  });

  it('may have bytes that are no UTF-8, be a folder, or a pipe that nobody writes to', () => {
    const bytes = setUp();
    writeFileSync(bytes.path, Buffer.from([0x7b, 0xff, 0x7d]));
    bytes.flags.initialize?.();
    const folder = setUp();
    mkdirSync(folder.path);
    folder.flags.initialize?.();
    const pipe = setUp();
    makePipe(pipe.path);
    pipe.flags.initialize?.();
    expect(bytes.lines[0]).toContain('is not UTF-8');
    expect(folder.lines[0]).toContain('is not a file');
    expect(pipe.lines[0]).toContain('is not a file');
  });

  it('keeps the last good content, and is told once for each way in which it is broken', async () => {
    const { flags, path, lines, events } = setUp({ content: { stage: 'live' } });
    flags.initialize?.();
    const breakAs = async (text: string) => {
      writeFileSync(path, text);
      for (let look = 0; look < 4; look += 1) await flags.reload();
    };
    await breakAs('{');
    await breakAs('{');
    expect(lines).toEqual([
      `engramia-cutover: Flag file ${path} is not JSON; the last good content holds.`,
    ]);
    await breakAs('{"version":3}');
    rmSync(path);
    for (let look = 0; look < 4; look += 1) await flags.reload();
    expect(lines).toHaveLength(3);
    expect(lines[2]).toContain('does not exist');
    expect(stageOf(flags, 'acme')).toBe('live');

    writeFlags(path, { stage: 'rampdown' });
    await flags.reload();
    await flags.reload();
    expect(lines[3]).toContain('is good again');
    expect(lines).toHaveLength(4);
    expect(events.seen).toEqual([
      'CONFIGURATION_CHANGED',
      'ERROR',
      'ERROR',
      'ERROR',
      'READY',
      'CONFIGURATION_CHANGED',
    ]);
    expect(stageOf(flags, 'acme')).toBe('rampdown');
  });

  it('is not told when it was only being written', async () => {
    const { flags, path, lines, clock } = setUp({ content: { stage: 'live' }, settleMs: 100 });
    flags.initialize?.();
    writeFileSync(path, '');
    await flags.reload();
    expect(clock.pending).toBe(2);
    writeFlags(path, { stage: 'rampdown' });
    await flags.reload();
    expect(lines).toEqual([]);
    expect(stageOf(flags, 'acme')).toBe('rampdown');
  });
});

describe('a flag file that changes', () => {
  it('is looked at every five seconds', async () => {
    const { flags, path, clock, events } = setUp({ content: { stage: 'shadow' } });
    flags.initialize?.();
    writeFlags(path, { stage: 'live' });
    await clock.advance(4_999);
    expect(stageOf(flags, 'acme')).toBe('shadow');
    await clock.advance(1);
    await events.next('CONFIGURATION_CHANGED', 1);
    expect(stageOf(flags, 'acme')).toBe('live');
  });

  it('is not read anew, nor told as changed, while its bytes are the same', async () => {
    const { flags, path, events } = setUp({ content: { stage: 'shadow' } });
    flags.initialize?.();
    writeFlags(path, { stage: 'shadow' });
    await flags.reload();
    expect(events.seen).toEqual(['CONFIGURATION_CHANGED']);
  });

  it('may come after the start, with its folder', async () => {
    const { flags, path, lines } = setUp({ name: 'later/flags.json' });
    flags.initialize?.();
    expect(lines[0]).toContain('does not exist; no stage is known');
    expect(stageOf(flags, 'acme')).toBe('off');
    writeFlags(path, { stage: 'live' });
    await flags.reload();
    expect(stageOf(flags, 'acme')).toBe('live');
  });

  it('is looked at once more after a look that had begun before the change', async () => {
    const { flags, path } = setUp({ content: { stage: 'shadow' } });
    flags.initialize?.();
    const looks = [flags.reload(), flags.reload(), flags.reload()];
    writeFlags(path, { stage: 'live' });
    await Promise.all(looks);
    expect(stageOf(flags, 'acme')).toBe('live');
  });
});

describe('a flag file that is watched', () => {
  // By the real clock, and polled so rarely that only the watch can have told.
  const watched = async (name: string, make: (path: string) => void) => {
    const folder = freshFolder();
    const path = join(folder, name);
    make(path);
    const flags = fileFlags(path, { pollMs: 3_600_000, settleMs: 10, logger: { warn() {} } });
    const events = eventsOf(flags);
    onTestFinished(() => flags.onClose?.());
    flags.initialize?.();
    const becomes = async (stage: string, change: () => void) => {
      const before = events.count('CONFIGURATION_CHANGED');
      change();
      await events.next('CONFIGURATION_CHANGED', before);
      expect(stageOf(flags, 'acme')).toBe(stage);
    };
    return { folder, path, flags, becomes };
  };

  it('is seen to be overwritten, replaced by a rename, and deleted and written again', async () => {
    const { path, becomes } = await watched('flags.json', (file) =>
      writeFlags(file, { stage: 'off' }),
    );
    await becomes('dualwrite', () => writeFlags(path, { stage: 'dualwrite' }));
    await becomes('shadow', () => {
      writeFlags(`${path}.new`, { stage: 'shadow' });
      renameSync(`${path}.new`, path);
    });
    await becomes('live', () => {
      rmSync(path);
      writeFlags(path, { stage: 'live' });
    });
    await becomes('rampdown', () => {
      writeFileSync(path, '');
      writeFlags(path, { stage: 'rampdown' });
    });
  });

  it('is seen to be swapped as Kubernetes swaps a ConfigMap', async () => {
    const volume = (path: string) => join(path, '..');
    const mount = (path: string, version: string, stage: string) => {
      writeFlags(join(volume(path), `..${version}`, 'flags.json'), { stage });
      symlinkSync(`..${version}`, join(volume(path), '..data_tmp'));
      renameSync(join(volume(path), '..data_tmp'), join(volume(path), '..data'));
    };
    const { path, becomes } = await watched('flags.json', (file) => {
      mount(file, '2026_01', 'shadow');
      symlinkSync(join('..data', 'flags.json'), file);
    });
    await becomes('live', () => {
      mount(path, '2026_02', 'live');
      rmSync(join(volume(path), '..2026_01'), { recursive: true });
    });
    await becomes('complete', () => mount(path, '2026_03', 'complete'));
  });

  it('is found again when its folder was removed and made anew', async () => {
    const { path, flags, clock, events } = setUp({
      name: 'folder/flags.json',
      content: { stage: 'shadow' },
      watch: true,
    });
    flags.initialize?.();
    const before = events.count('CONFIGURATION_CHANGED');
    rmSync(join(path, '..'), { recursive: true });
    writeFlags(path, { stage: 'live' });
    await clock.advance(5_000);
    await events.next('CONFIGURATION_CHANGED', before);
    expect(stageOf(flags, 'acme')).toBe('live');
  });
});

describe('the life of file flags', () => {
  it('begins when a cutover begins with them and ends with the last that uses them', async () => {
    const { flags, clock } = setUp({ content: { stage: 'live' } });
    expect(clock.pending).toBe(0);
    flags.initialize?.();
    flags.initialize?.();
    expect(clock.pending).toBe(1);
    flags.onClose?.();
    expect(clock.pending).toBe(1);
    flags.onClose?.();
    expect(clock.pending).toBe(0);
    expect(stageOf(flags, 'acme')).toBe('live');
    flags.initialize?.();
    expect(clock.pending).toBe(1);
  });

  it('ends in the middle of a look without setting another timer', async () => {
    const { flags, path, clock } = setUp({ content: { stage: 'live' } });
    flags.initialize?.();
    writeFileSync(path, '{');
    const look = flags.reload();
    flags.onClose?.();
    await look;
    expect(clock.pending).toBe(0);
  });

  it('does not keep the process alive', () => {
    const program = `
      const { fileFlags } = await import(${JSON.stringify(new URL('../../../src/flags/index.ts', import.meta.url).href)});
      fileFlags(process.argv[1]).initialize();
    `;
    const { path } = setUp({ content: { stage: 'live' } });
    const run = [process.execPath, ['--input-type=module', '-e', program, path]] as const;
    expect(() => execFileSync(...run, { timeout: 15_000, stdio: 'ignore' })).not.toThrow();
  });

  it('takes a URL, and refuses what is no path with every issue at once', () => {
    const { path } = setUp({ content: { stage: 'live' } });
    const flags = fileFlags(pathToFileURL(path), { watch: false, clock: fakeClock() });
    flags.initialize?.();
    expect(stageOf(flags, 'acme')).toBe('live');
    flags.onClose?.();
    expect(issuesOf(() => fileFlags('', { pollMs: 0, maxBytes: 1.5 }))).toHaveLength(3);
    expect(issuesOf(() => fileFlags(new URL('https://example.com/flags.json')))).toHaveLength(1);
  });
});

it('refuses options that are no object, and a second path, instead of passing them over', () => {
  const refused = (options: unknown) => () => fileFlags('/run/flags.json', options as never);
  expect(refused(30_000)).toThrow('options must be an object, not 30000');
  expect(refused(null)).toThrow('options must be an object, not null');
  expect(refused({ path: '/run/others.json' })).toThrow('path is not an option');
});
