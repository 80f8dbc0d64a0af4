import { describe, expect, it } from 'vitest';
import { Admission } from '../../../src/shadow/delivery/admission.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';

function setUp() {
  const clock = fakeClock();
  const admission = new Admission(clock);
  const state = () => ({ isOpen: admission.isOpen, isShut: admission.isShut });
  const takes = (): boolean[] => [admission.takes(false), admission.takes(true)];
  return { clock, admission, state, takes };
}

describe('where tasks would go', () => {
  it('is open at first, for all', () => {
    const { admission, state, takes } = setUp();
    expect(admission.admit()).toBe('yes');
    expect(state()).toEqual({ isOpen: true, isShut: false });
    expect(takes()).toEqual([true, true]);
    admission.askAgain();
    expect(admission.admit()).toBe('yes');
  });

  it('is asked about with one task once it was shut for long enough', async () => {
    const { clock, admission, state, takes } = setUp();
    await clock.advance(50);
    admission.shut(100);
    expect(state()).toEqual({ isOpen: false, isShut: true });
    expect(takes()).toEqual([false, false]);
    await clock.advance(99);
    expect(admission.admit()).toBe('no');
    await clock.advance(1);
    expect(admission.admit()).toBe('probe');
    expect(state()).toEqual({ isOpen: false, isShut: false });
    expect(takes()).toEqual([false, true]);
    expect(admission.admit()).toBe('no');
  });

  it('may be asked about by the next when the probe was taken back', async () => {
    const { admission } = setUp();
    admission.shut(0);
    expect(admission.admit()).toBe('probe');
    admission.askAgain();
    expect(admission.isShut).toBe(true);
    expect(admission.admit()).toBe('probe');
  });

  it('is not asked about earlier because a probe was taken back before it was shut', () => {
    const { admission } = setUp();
    admission.shut(100);
    admission.askAgain();
    expect(admission.admit()).toBe('no');
  });

  it('is open again for all when it is said to be', () => {
    const { admission, takes } = setUp();
    admission.shut(100);
    admission.open();
    expect(admission.admit()).toBe('yes');
    expect(takes()).toEqual([true, true]);
  });
});
