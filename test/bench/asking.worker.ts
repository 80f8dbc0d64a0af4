// A user in a thread of their own: they ask, and tell by shared memory that the whole reply is here.
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { parentPort, workerData } from 'node:worker_threads';

const { port, shared } = workerData as { port: number; shared: SharedArrayBuffer };
const body = JSON.stringify({ message: 'Build a CSV parser' });
const headers = { 'content-type': 'application/json', 'content-length': body.length };
const asked = request({ port, host: '127.0.0.1', path: '/chat', method: 'POST', headers });
asked.on('response', async (response) => {
  const reply = await text(response);
  const received = new Int32Array(shared);
  Atomics.store(received, 0, 1);
  Atomics.notify(received, 0);
  parentPort?.postMessage(reply);
});
asked.end(body);
