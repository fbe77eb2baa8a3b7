/**
 * A sink for benchmarks: takes any write, answers as the service does, keeps nothing. Prints its address as one line of JSON.
 * With `count-objects` or `count-lines` as its argument it counts the rows that come: flat JSON objects, or lines.
 */
import { createServer } from 'node:http';

let bytes = 0;
let requests = 0;
let rows = 0;

/** A row of the benchmarks has no brace in its values, and one line. */
const mark = { 'count-objects': 0x7b, 'count-lines': 0x0a }[process.argv[2] ?? ''];
function countRows(chunk: Buffer): void {
  if (mark === undefined) return;
  for (let at = chunk.indexOf(mark); at !== -1; at = chunk.indexOf(mark, at + 1)) rows += 1;
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url === '/counts') {
    response.end(JSON.stringify({ bytes, requests, rows }));
    return;
  }
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    countRows(chunk);
  });
  request.on('end', () => {
    requests += 1;
    response.setHeader('Content-Type', 'application/json');
    response.statusCode = request.method === 'GET' ? 404 : 200;
    response.end('{}');
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ root: `http://127.0.0.1:${typeof address === 'object' && address !== null ? String(address.port) : ''}` }));
});
