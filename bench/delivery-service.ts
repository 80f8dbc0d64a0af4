import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Run as a process of its own, so that what the service costs is not in anybody's bill. */
const server = createServer((request, response) => {
  const isImport = request.url?.endsWith('/import') === true;
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    if (isImport) text += chunk;
  });
  request.on('end', () => {
    // As many as there are keys; a parser would make the client wait.
    const total = isImport ? text.split('"key":"patterns/').length - 1 : 1;
    const answer = isImport ? { imported: total, total } : { stored: true, pattern_count: 1 };
    const body = JSON.stringify(answer);
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    response.writeHead(200, headers).end(body);
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.((server.address() as AddressInfo).port);
process.once('disconnect', () => server.close());
