/**
 * A sink for benchmarks that writes down when each row came: a row's field `id` and the clock that all processes of a machine
 * share (nanoseconds). `GET /arrivals` gives them and forgets them; `GET /counts` gives the number of rows. Prints its address.
 */
import { createServer } from 'node:http';

const ids: number[] = [];
const times: string[] = [];
const idPattern = /"id":"?(\d+)/g;
let requests = 0;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url === '/counts') {
    response.end(JSON.stringify({ rows: ids.length, requests }));
    return;
  }
  if (request.url === '/arrivals') {
    response.end(JSON.stringify({ ids: ids.splice(0), times: times.splice(0), requests }));
    return;
  }
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const now = String(process.hrtime.bigint());
    response.setHeader('Content-Type', 'application/json');
    response.statusCode = request.method === 'GET' ? 404 : 200;
    response.end('{}');
    if (request.method === 'GET') return;
    requests += 1;
    for (const [, id] of Buffer.concat(parts).toString('latin1').matchAll(idPattern)) {
      ids.push(Number(id));
      times.push(now);
    }
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ root: `http://127.0.0.1:${typeof address === 'object' && address !== null ? String(address.port) : ''}` }));
});
