import { describe, expect, it } from 'vitest';
import { Gathering } from '../../../src/shadow/turns/gathering.ts';

const rule = { maxCount: 3, maxLoad: 100, gatherMs: 1_000 };

describe('what waits for a bundle', () => {
  it('waits as long as the first of it says', () => {
    const gathering = new Gathering();
    gathering.add(1, 500);
    gathering.add(1, 900);
    expect(gathering.leftMs(rule, 900)).toBe(600);
    expect(gathering.leftMs(rule, 1_500)).toBe(0);
  });

  it('waits no more when there are enough, or enough in load', () => {
    const many = new Gathering();
    for (const _ of [1, 2]) many.add(1, 0);
    expect([many.isFull(rule), many.leftMs(rule, 0)]).toEqual([false, 1_000]);
    many.add(1, 0);
    expect([many.isFull(rule), many.leftMs(rule, 0)]).toEqual([true, 0]);
    many.take(1);
    expect(many.isFull(rule)).toBe(false);
    const heavy = new Gathering();
    heavy.add(99, 0);
    expect(heavy.isFull(rule)).toBe(false);
    heavy.add(1, 0);
    expect(heavy.isFull(rule)).toBe(true);
    heavy.take(1);
    expect(heavy.isFull(rule)).toBe(false);
  });

  it('begins to wait anew when all has left, and when a bundle has left', () => {
    const gathering = new Gathering();
    gathering.add(1, 0);
    gathering.take(1);
    gathering.add(1, 700);
    expect(gathering.leftMs(rule, 700)).toBe(1_000);
    gathering.add(1, 800);
    gathering.take(1);
    gathering.begin(900);
    expect(gathering.leftMs(rule, 900)).toBe(1_000);
  });

  it('does not wait again when it has waited before, even behind a bundle that left', () => {
    const gathering = new Gathering();
    gathering.add(1, 0);
    gathering.addAgain(1);
    expect(gathering.leftMs(rule, 0)).toBeLessThanOrEqual(0);
    gathering.begin(0);
    expect(gathering.leftMs(rule, 0)).toBeLessThanOrEqual(0);
  });
});
