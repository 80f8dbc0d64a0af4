import { isEngramiaError } from '../../core/errors.ts';
import { nextTurn } from '../../core/pieces.ts';

/**
 * Waits until the socket of a call that was given up is closed: two turns of the loop later. Whoever sent the next request
 * at once would hold twice the sockets that it may.
 */
export async function socketGone(error: unknown): Promise<void> {
  if (!isEngramiaError(error) || error.status !== undefined) return;
  if (!('sent' in error) || error.sent !== true) return;
  for (let turns = 2; turns > 0; turns -= 1) await nextTurn();
}
