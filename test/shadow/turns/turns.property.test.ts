import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gateOf, type Task, turnsOf } from '../turn-taking.ts';

const [which, who] = [fc.nat(6), fc.constantFrom('a', 'b', 'c')];

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), which, who }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('take', 'end', 'put back', 'remove', 'remove all'),
      which,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('shut' as const),
      which,
      forMs: fc.constantFrom(0, 10, 50),
    }),
  },
);

it('whatever came before, all that waits has its turn once the gates are open', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(step, { size: 'large' }),
      (slots, steps) => {
        const { turns, gates, add, end, leavesOf } = turnsOf(slots);
        const address = gateOf({ limit: 9 });
        const scopes = [1, 2].map((limit) => gateOf({ limit, within: address }));
        const ways = scopes.flatMap((within) => [1, 2].map((limit) => gateOf({ limit, within })));
        const all = [address, ...scopes, ...ways];
        const [waiting, running]: [Task[], Task[]] = [[], []];
        const some = (list: Task[], at: number): Task[] => list.splice(at % (list.length || 1), 1);
        const remove = (task: Task): void => turns.remove(task, leavesOf(task));
        const putBack = (task: Task): void => {
          turns.release(task);
          turns.putBack(task);
          waiting.push(task);
        };
        const take = (): boolean => {
          const task = turns.take();
          if (task === undefined) return false;
          waiting.splice(waiting.indexOf(task), 1);
          return running.push(task) > 0;
        };
        for (const next of steps) {
          const at = next.which;
          if (next.do === 'add') waiting.push(add(next.who, ways[at % ways.length]));
          else if (next.do === 'shut') (all[at] ?? address).readyMs = next.forMs;
          else if (next.do === 'take') take();
          else if (next.do === 'end') some(running, at).forEach(end);
          else if (next.do === 'put back') some(running, at).forEach(putBack);
          else if (next.do === 'remove') some(waiting, at).forEach(remove);
          else waiting.splice(0).forEach(remove);
        }
        for (const gate of all) gate.readyMs = 0;
        for (const way of ways) waiting.push(add('later', way));
        while (waiting.length + running.length > 0) {
          while (take());
          if (running.length === 0) expect(gates.nextAt).toBeLessThan(Number.POSITIVE_INFINITY);
          gates.wake(gates.nextAt);
          running.splice(0).forEach(end);
        }
        expect([turns.running, gates.root.held, gates.nextAt]).toEqual([0, 0, Infinity]);
      },
    ),
    { numRuns: 300 },
  );
});
