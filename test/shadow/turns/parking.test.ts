import { describe, expect, it } from 'vitest';
import { Parking } from '../../../src/shadow/turns/parking.ts';

interface Gate {
  wakeAt: number;
  place: number;
}

const gate = (): Gate => ({ wakeAt: 0, place: -1 });

/** Every order in which these times can come. */
function ordersOf(times: readonly number[]): number[][] {
  if (times.length === 0) return [[]];
  return times.flatMap((first, place) =>
    ordersOf(times.toSpliced(place, 1)).map((rest) => [first, ...rest]),
  );
}

function parkedAt(times: readonly number[]) {
  const parking = new Parking<Gate>();
  const gates = times.map((at) => {
    const entry = gate();
    parking.park(entry, at);
    return entry;
  });
  const leaving = (): number[] => {
    const left: number[] = [];
    for (let next = parking.shift(Infinity); next !== undefined; next = parking.shift(Infinity)) {
      left.push(next.wakeAt);
    }
    return left;
  };
  return { parking, gates, leaving };
}

describe('gates that are not open yet', () => {
  it('are asked in the order of their times, in whatever order they came', () => {
    for (const order of ordersOf([1, 2, 3, 4, 5, 6])) {
      const { parking, leaving } = parkedAt(order);
      expect(parking.nextAt).toBe(1);
      expect(leaving()).toEqual([1, 2, 3, 4, 5, 6]);
      expect(parking.nextAt).toBe(Infinity);
    }
  });

  it('may go before their time, and leave the others in order', () => {
    for (const order of ordersOf([1, 2, 3, 4, 5, 6])) {
      const { parking, gates, leaving } = parkedAt([...order, 7, 8]);
      const [first, , third] = gates as [Gate, Gate, Gate];
      parking.leave(first);
      parking.leave(third);
      expect([first.place, third.place]).toEqual([-1, -1]);
      const rest = [1, 2, 3, 4, 5, 6, 7, 8].filter((at) => at !== order[0] && at !== order[2]);
      expect(leaving()).toEqual(rest);
    }
  });

  it('may be put off, or brought forward, and are there once', () => {
    for (const at of [0, 2.5, 9]) {
      for (const order of ordersOf([1, 2, 3, 4, 5])) {
        const { parking, gates, leaving } = parkedAt(order);
        parking.park(gates[2] as Gate, at);
        const others = order.toSpliced(2, 1);
        expect(leaving()).toEqual([...others, at].sort((a, b) => a - b));
      }
    }
  });

  it('are not asked before their time', () => {
    const { parking, gates } = parkedAt([20, 10]);
    expect(parking.shift(9)).toBeUndefined();
    expect(parking.shift(10)).toBe(gates[1]);
    expect(parking.shift(19)).toBeUndefined();
    expect(parking.nextAt).toBe(20);
  });
});
