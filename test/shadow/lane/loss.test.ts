import { describe, expect, it } from 'vitest';
import { Loss, lossWords } from '../../../src/shadow/lane/loss.ts';

function setUp() {
  const lines: string[] = [];
  const loss = new Loss(
    'learn',
    (code, message) => lines.push(`${code}: ${message}`),
    lossWords.ofRoom,
  );
  const began =
    'CUTOVER_LANE_OVERFLOW: The learn lane has no room: background tasks are dropped and counted.';
  const ended = (lost: number): string =>
    `CUTOVER_LANE_RECOVERED: The learn lane has room again; ${lost} background tasks were dropped.`;
  return { lines, loss, began, ended };
}

describe('a loss of background tasks', () => {
  it('is told when it begins and when it is over, each once', () => {
    const { lines, loss, began, ended } = setUp();
    loss.tell(false);
    loss.tell(true);
    expect(lines).toEqual([]);
    loss.count();
    loss.tell(false);
    loss.count();
    loss.tell(false);
    expect(lines).toEqual([began]);
    loss.tell(true);
    loss.tell(true);
    expect(lines).toEqual([began, ended(2)]);
  });

  it('is told as a new one after it was over, and as both at once where it was short', () => {
    const { lines, loss, began, ended } = setUp();
    for (let round = 0; round < 2; round += 1) {
      loss.count();
      loss.tell(true);
    }
    expect(lines).toEqual([began, ended(1), began, ended(1)]);
  });
});
