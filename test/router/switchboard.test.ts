import { describe, expect, it } from 'vitest';
import { Switchboard } from '../../src/router/switchboard.ts';

describe('a kill switch', () => {
  it('is open until somebody kills', () => {
    expect(new Switchboard()).toMatchObject({ killed: false, state: { kind: 'open' } });
  });

  it.each([true, false])(
    'keeps the reason of a kill by hand, and whether it was forced: %s',
    (force) => {
      const board = new Switchboard();
      board.kill('bad answers', force);
      expect(board).toMatchObject({
        killed: true,
        state: { kind: 'killed', reason: 'bad answers', force },
      });
      board.revive();
      expect(board).toMatchObject({ killed: false, state: { kind: 'open' } });
    },
  );

  it('is held by a file until that is gone, and never forced by it', () => {
    const board = new Switchboard();
    board.killByFile('file');
    expect(board).toMatchObject({
      killed: true,
      state: { kind: 'killed', reason: 'file', force: false },
    });
    board.revive();
    expect(board.killed).toBe(true);
    board.reviveByFile();
    expect(board).toMatchObject({ killed: false, state: { kind: 'open' } });
  });

  it('has two hands on it, of which the app’s comes first', () => {
    const board = new Switchboard();
    board.killByFile('file');
    board.kill('hand', true);
    expect(board.state).toMatchObject({ reason: 'hand', force: true });
    board.reviveByFile();
    expect(board.state).toMatchObject({ reason: 'hand', force: true });
    board.killByFile('file again');
    board.revive();
    expect(board.state).toMatchObject({ reason: 'file again', force: false });
  });
});
