/** A sink for benchmarks: takes any write, answers as the service does, keeps nothing. Prints its address as one line of JSON. */
import { createServer } from 'node:http';

let bytes = 0;
let requests = 0;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url === '/counts') {
    response.end(JSON.stringify({ bytes, requests }));
    return;
  }
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
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
