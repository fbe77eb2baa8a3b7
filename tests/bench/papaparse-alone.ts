/** Reads a CSV file with papaparse and does nothing with its rows: the peer of the check. */
import { createReadStream } from 'node:fs';
import Papa from 'papaparse';

const [file = ''] = process.argv.slice(2);
let rows = 0;
Papa.parse<string[]>(createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 }), {
  chunk: ({ data }) => {
    rows += data.length;
  },
  complete: () => {
    console.log(JSON.stringify({ rows }));
  },
});
