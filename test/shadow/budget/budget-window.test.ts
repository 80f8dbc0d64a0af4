import { describe, expect, it } from 'vitest';
import { BudgetWindow } from '../../../src/shadow/budget/budget-window.ts';

describe('the runs of the last minute', () => {
  it('are counted for sixty seconds at least, and for five more at most', () => {
    const window = new BudgetWindow();
    window.add(1_000);
    window.add(4_999);
    window.add(5_000);
    expect(window.count(5_000)).toBe(3);
    expect(window.count(64_999)).toBe(3);
    expect(window.count(65_000)).toBe(1);
    expect(window.count(69_999)).toBe(1);
    expect(window.count(70_000)).toBe(0);
  });

  it('are none after any longer time, and are counted again then', () => {
    const window = new BudgetWindow();
    for (let at = 0; at < 65_000; at += 5_000) window.add(at);
    expect(window.count(64_999)).toBe(13);
    expect(window.count(10_000_000)).toBe(0);
    window.add(10_000_000);
    expect(window.count(10_000_000)).toBe(1);
  });

  it('are not lost, nor counted twice, by a look at an earlier time', () => {
    const window = new BudgetWindow();
    window.add(30_000);
    expect(window.count(10_000)).toBe(1);
    window.add(10_000);
    expect(window.count(30_000)).toBe(2);
    expect(window.count(89_999)).toBe(2);
    expect(window.count(95_000)).toBe(0);
  });
});
