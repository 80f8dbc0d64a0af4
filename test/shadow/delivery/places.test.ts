import { describe, expect, it } from 'vitest';
import { Places } from '../../../src/shadow/delivery/places.ts';

interface Place {
  inUse: number;
  readonly name: string;
}

/** Places that tell which of them were made, in their order. */
function counted(): { made: string[]; of: (name: string) => Place } {
  const made: string[] = [];
  const places = new Places<Place>();
  const of = (name: string): Place => {
    const known = places.find(name);
    if (known !== undefined) return known;
    made.push(name);
    return places.add(name, { inUse: 0, name });
  };
  return { made, of };
}

const limit = 10_000;
const fill = (of: (name: string) => Place): void => {
  for (let i = 0; i < limit; i += 1) of(`place ${i}`);
};

describe('the places of scopes and addresses', () => {
  it('are made once a name', () => {
    const { made, of } = counted();
    const first = of('a');
    expect(of('a')).toBe(first);
    expect(of('b')).not.toBe(first);
    expect(made).toEqual(['a', 'b']);
  });

  it('are all remembered up to ten thousand', () => {
    const { made, of } = counted();
    fill(of);
    fill(of);
    expect(made.length).toBe(limit);
  });

  it('are forgotten one for each new one beyond that, first the one not asked for the longest', () => {
    const { made, of } = counted();
    fill(of);
    of('place 0');
    of('new');
    expect(made.length).toBe(limit + 1);
    of('place 0');
    expect(made.length).toBe(limit + 1);
    of('place 1');
    expect(made.slice(limit)).toEqual(['new', 'place 1']);
  });

  it('stay as many when a hundred new ones come, and lose none by being asked for', () => {
    const { made, of } = counted();
    fill(of);
    for (let i = 0; i < 100; i += 1) of(`new ${i}`);
    for (let i = limit - 1; i >= 100; i -= 1) of(`place ${i}`);
    expect(made.length).toBe(limit + 100);
    of('place 99');
    expect(made.at(-1)).toBe('place 99');
  });

  it('are never forgotten while in use', () => {
    const { made, of } = counted();
    fill(of);
    of('place 0').inUse = 1;
    for (let i = 0; i <= limit; i += 1) of(`new ${i}`);
    expect(made.length).toBe(2 * limit + 1);
    of('place 0');
    expect(made.length).toBe(2 * limit + 1);
  });
});
