// A thread that answers each question when the next one comes.
import { parentPort } from 'node:worker_threads';

let waiting: number | undefined;
parentPort?.on('message', ({ id }: { id: number }) => {
  if (waiting !== undefined) parentPort?.postMessage({ id: waiting, says: [] });
  waiting = id;
});
