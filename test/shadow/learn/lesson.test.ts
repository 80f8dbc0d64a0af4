import { describe, expect, it } from 'vitest';
import type { ServedExchange } from '../../../src/core/contracts/exchange.ts';
import type { Lesson } from '../../../src/core/contracts/learner.ts';
import { toLesson } from '../../../src/shadow/learn/lesson.ts';
import { RunIds } from '../../../src/shadow/learn/run-ids.ts';
import { servedExchange } from '../exchanges.ts';
import { recorder } from '../recorder.ts';

const lessonOf = (exchange: ServedExchange): unknown =>
  toLesson(exchange, recorder(), new RunIds(), { tenant: exchange.tenant, note: undefined });

describe('a lesson', () => {
  it('is there at once where the reply can be read at once, and else later', async () => {
    const lesson = {
      task: 'Where is my parcel?',
      code: 'Soon.',
      evalScore: 5,
      runId: 'shadow:acme',
    };
    expect(lessonOf(servedExchange({ reply: 'Soon.' }))).toEqual(lesson);
    const later = lessonOf(servedExchange({ learning: { view: async () => ({ text: 'Soon.' }) } }));
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toEqual(lesson);
  });

  it('is made of a task with as many characters as there must be, spaces around it apart', () => {
    const of = (task: string) => lessonOf(servedExchange({ task, learning: { minTaskChars: 5 } }));
    expect(of('fives')).toMatchObject({ task: 'fives' });
    expect(of(' four ')).toBe('filtered');
    expect(of('🦉🦉🦉🦉')).toBe('filtered');
  });

  it('is asked for with the whole call, and made where the answer is a plain yes', () => {
    const seen: unknown[] = [];
    const filter = (call: unknown): boolean => seen.push(call) > 0;
    const exchange = servedExchange({ reply: 'Soon.', learning: { filter } });
    expect(lessonOf(exchange)).toMatchObject({ code: 'Soon.' });
    expect(seen).toEqual([
      {
        ...{ route: 'chat', requestId: 'request-1', tenant: 'acme', stage: 'dualwrite' },
        ...{ leg: 'legacy', subject: exchange.subject, reply: { text: 'Soon.' } },
      },
    ]);
  });

  it('is nothing where task or reply are blank', () => {
    const blank = { redact: (text: string): string => (text === 'Soon.' ? ' ' : text) };
    expect(lessonOf(servedExchange({ reply: 'Soon.', learning: blank }))).toBe('filtered');
    const noTask = { redact: (text: string): string => (text === 'Soon.' ? text : ' ') };
    expect(lessonOf(servedExchange({ reply: 'Soon.', learning: noTask }))).toBe('filtered');
  });

  it.each([undefined, 7, null])('is none of a task that is %s, as identify gave it', (task) => {
    const reporter = recorder();
    const exchange = servedExchange({ reply: 'Soon.' });
    const subject = { ...exchange.subject, task } as never;
    const owner = { tenant: 'acme', note: undefined };
    expect(toLesson({ ...exchange, subject }, reporter, new RunIds(), owner)).toBe('unreadable');
    expect(reporter.failures).toMatchObject([{ operation: 'identify' }]);
  });

  it('has a run id of 200 characters at most', () => {
    const runId = () => 'r'.repeat(201);
    expect((lessonOf(servedExchange({ learning: { runId } })) as Lesson).runId).toHaveLength(200);
  });

  it.each([
    ['short', 1_000],
    ['as long as it may be', 170_000],
    ['full of what has to be escaped', 600_000],
  ])('%s fits into a body and loses no more than it must', (_what, chars) => {
    const reply = '"'.repeat(chars);
    const learning = { maxCodeChars: 1_000_000 };
    const lesson = lessonOf(servedExchange({ reply, learning })) as Lesson;
    const bytes = Buffer.byteLength(JSON.stringify(lesson));
    expect(bytes).toBeLessThanOrEqual(1_048_576 - 4_096);
    if (chars < 500_000) expect(lesson.code).toBe(reply);
    else expect(bytes).toBeGreaterThan(1_048_576 - 4_096 - 100);
  });
});
