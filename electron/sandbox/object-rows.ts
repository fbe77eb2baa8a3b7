/** The rows of an object in S3 as texts of JSON (fineo-api.md, Writing: batch): CSV with a header line, or one JSON object a line. */
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const maxRowCharacters = 10_000_000;

/** Cells of the rows of a CSV text: RFC 4180, any line end. */
async function* csvRows(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  let wasQuoted = false;
  let wasReturn = false;
  for await (const chunk of chunks) {
    for (const character of chunk) {
      const isAfterReturn = wasReturn;
      wasReturn = character === '\r' && !isQuoted;
      if (isQuoted) {
        if (character === '"') isQuoted = false;
        else cell += character;
      } else if (character === '"' && (cell === '' || wasQuoted)) {
        // Directly after a closing quote it stands for itself.
        if (wasQuoted) cell += '"';
        isQuoted = wasQuoted = true;
        continue;
      } else if (character === ',') {
        cells.push(cell);
        cell = '';
      } else if (character === '\n' || character === '\r') {
        if (character === '\n' && isAfterReturn) continue;
        yield [...cells, cell];
        cells = [];
        cell = '';
      } else cell += character;
      if (!isQuoted && character !== '"') wasQuoted = false;
      if (cell.length > maxRowCharacters) throw new Error('a cell of more than 10,000,000 characters');
    }
  }
  if (cell !== '' || cells.length > 0) yield [...cells, cell];
}

async function* lines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > maxRowCharacters) throw new Error('a line of more than 10,000,000 characters');
    yield* parts;
  }
  yield rest;
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

async function* csvEvents(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let header: string[] | undefined;
  for await (const cells of csvRows(chunks)) {
    if (cells.length === 1 && cells[0] === '') continue;
    if (header) {
      const names = header;
      // A row that does not fit is no object, and so ends up among the errors.
      yield JSON.stringify(
        cells.length === names.length ? Object.fromEntries(names.map((name, at) => [name, cells[at]])) : cells.join(','),
      );
    } else header = cells.map((name, at) => (at === 0 ? name.replace(/^\ufeff/, '') : name));
  }
}

async function* jsonEvents(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines(chunks)) {
    const text = line.trim();
    if (text !== '') yield isJson(text) ? text : JSON.stringify(line);
  }
}

/** `key` decides the format: `.csv`, `.csv.gz`, else JSON lines, plain or `.gz`. Texts that are no JSON come as a JSON string. */
export function objectRows(key: string, content: Readable): AsyncIterable<string> {
  const isGzip = key.endsWith('.gz');
  const plain = isGzip ? content.pipe(createGunzip()) : content;
  // A pipe does not hand errors on.
  if (isGzip) content.on('error', (error: Error) => plain.destroy(error));
  plain.setEncoding('utf8');
  return /\.csv(\.gz)?$/.test(key) ? csvEvents(plain) : jsonEvents(plain);
}
