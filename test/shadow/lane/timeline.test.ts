import { describe, expect, it } from 'vitest';
import { type Timed, Timeline } from '../../../src/shadow/lane/timeline.ts';

interface Entry extends Timed<Entry> {
  readonly name: string;
}

const entry = (name: string): Entry => ({ name, at: 0, before: undefined, behind: undefined });

/** A timeline of entries by their times, entered in this order, and what is on it, forwards and backwards. */
function timelineOf(...times: number[]) {
  const timeline = new Timeline<Entry>();
  const entries = times.map((at, place) => {
    const one = entry(`${place}: ${at}`);
    timeline.enter(one, at);
    return one;
  });
  const names = (): string[] => {
    const found: Entry[] = [];
    for (let one = timeline.first; one !== undefined; one = one.behind) found.push(one);
    const back: Entry[] = [];
    for (let one = found.at(-1); one !== undefined; one = one.before) back.unshift(one);
    expect(back).toEqual(found);
    expect(timeline.size).toBe(found.length);
    return found.map(({ name }) => name);
  };
  return { timeline, entries, names };
}

describe('what has a deadline', () => {
  it('is in the order of its times, and of equal ones in the order in which it came', () => {
    expect(timelineOf(1, 2, 3).names()).toEqual(['0: 1', '1: 2', '2: 3']);
    expect(timelineOf(2, 3, 1).names()).toEqual(['2: 1', '0: 2', '1: 3']);
    expect(timelineOf(1, 3, 2).names()).toEqual(['0: 1', '2: 2', '1: 3']);
    expect(timelineOf(1, 2, 1).names()).toEqual(['0: 1', '2: 1', '1: 2']);
  });

  it('is first the next to expire, and nothing expires where nothing is', () => {
    const { timeline, entries } = timelineOf(7, 5);
    expect([timeline.firstAt, timeline.first]).toEqual([5, entries[1]]);
    expect(timelineOf().timeline.firstAt).toBe(Infinity);
  });

  it.each([0, 1, 2])('leaves the others in order when the one in place %i ends', (place) => {
    const { timeline, entries, names } = timelineOf(1, 2, 3);
    const gone = entries.splice(place, 1)[0] as Entry;
    timeline.leave(gone);
    expect([gone.before, gone.behind]).toEqual([undefined, undefined]);
    expect(names()).toEqual(entries.map(({ name }) => name));
    timeline.enter(gone, 9);
    expect(names()).toEqual([...entries.map(({ name }) => name), gone.name]);
  });

  it('can come again when all has ended', () => {
    const { timeline, entries, names } = timelineOf(1);
    const [only] = entries as [Entry];
    timeline.leave(only);
    expect([timeline.size, timeline.firstAt]).toEqual([0, Infinity]);
    timeline.enter(only, 4);
    expect(names()).toEqual([only.name]);
    expect(timeline.firstAt).toBe(4);
  });
});
