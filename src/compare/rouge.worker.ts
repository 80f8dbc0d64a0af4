import { parentPort } from 'node:worker_threads';
import { rougeL } from './rouge.ts';

/** What a worker is asked: hashes of words, never the words. */
interface Question {
  readonly id: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
}

parentPort?.on('message', ({ id, first, second }: Question) => {
  parentPort?.postMessage({ id, value: rougeL(first, second) });
});
