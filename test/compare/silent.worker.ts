// A thread that falls silent after its first answer.
import { parentPort } from 'node:worker_threads';

let isSilent = false;
parentPort?.on('message', ({ id }: { id: number }) => {
  if (!isSilent) parentPort?.postMessage({ id, says: [] });
  isSilent = true;
});
