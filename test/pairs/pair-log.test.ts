import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import type { MissedPairs } from '../../src/core/contracts/pair-sink.ts';
import type { LogFile } from '../../src/pairs/log-file.ts';
import { PairLog } from '../../src/pairs/pair-log.ts';

const misses: MissedPairs = {
  ...{ kind: 'compare', at: 1, route: 'chat', tenant: 'acme' },
  ...{ stage: 'shadow', why: 'bytes', count: 1 },
};

/** A log into a file during each of whose writes something happens. */
function logInto(meanwhile: (log: PairLog) => void, maxBufferBytes = 2 ** 20) {
  const clock = fakeClock();
  const written: string[] = [];
  const file: Pick<LogFile, 'path' | 'room' | 'ensure' | 'append' | 'rotate' | 'close'> = {
    ...{ path: 'pairs.jsonl', room: 2 ** 20 },
    ensure: async () => undefined,
    append: async (content) => {
      written.push(content.toString());
      if (written.length > 100) throw new Error('It has no end.');
      meanwhile(log);
    },
    rotate: async () => undefined,
    close: async () => undefined,
  };
  const limits = { maxBytes: 2 ** 20, maxBufferBytes };
  const logger = { warn: () => undefined };
  const log = new PairLog({ file: file as LogFile, ...limits, clock, logger });
  return { clock, written, log };
}

it('a pair log waits for no clock with more than it writes at once', async () => {
  const { written, log } = logInto(() => undefined);
  log.add('x'.repeat(300 * 1024), misses);
  expect(await log.exclusive(async () => written.length)).toBe(1);
  await log.close();
});

describe('a pair log into which more comes while it is written', () => {
  it('has written at once what waited, and gathers what came', async () => {
    const { clock, written, log } = logInto((its) => its.add('more', misses));
    log.add('one', misses);
    expect(await log.write()).toBeUndefined();
    expect(written).toEqual(['one\n']);
    await clock.advance(100);
    expect(written).toEqual(['one\n', 'more\n']);
    await log.close();
  });

  it('lets others have their turn at the files', async () => {
    const { written, log } = logInto((its) => its.add('x'.repeat(300 * 1024), misses));
    log.add('one', misses);
    void log.write();
    expect(await log.exclusive(async () => written.length)).toBe(1);
    await log.close();
  });

  it('tells what found no room, and what found none while that was told', async () => {
    const { clock, written, log } = logInto((its) => its.add('x'.repeat(300), misses), 200);
    log.add('x'.repeat(300), misses);
    await log.write();
    await clock.advance(100);
    const told = written.map((line) => JSON.parse(line).count);
    expect(told).toEqual([1, 1]);
    await log.close();
  });
});
