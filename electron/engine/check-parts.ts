/** A large file is checked in two parts side by side; what both found is one report. */
import { open } from 'node:fs/promises';
import type { CheckReport } from '../../shared/contract/check.ts';
import type { FormatSettings } from '../../shared/contract/mapping.ts';
import { examplesKept } from './check-tally.ts';
import { framerFor, maxRecordBytes, sniffFile } from './read/open-rows.ts';

/** Below that a second thread costs more than it brings. */
const leastBytes = 16_000_000;
/** Where no line ends within so many bytes, the file is checked in one. */
const lineLookBytes = 1_000_000;

/**
 * Where the second part of a file begins, in bytes: behind a line end near its middle. Whether that is the end of a row, only the
 * check of the first part knows. Undefined: it is read in one, as it is small, compressed, converted or one array.
 */
export async function secondPartAt(path: string, settings: FormatSettings, sizeBytes: number): Promise<number | undefined> {
  if (sizeBytes < leastBytes) return undefined;
  const { format } = await sniffFile(path, settings);
  if (format.gzip || format.encoding !== 'utf-8' || format.isArray === true) return undefined;
  const { newline } = framerFor(format, maxRecordBytes);
  const file = await open(path, 'r');
  try {
    const middle = Math.floor(sizeBytes / 2);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(lineLookBytes), 0, lineLookBytes, middle);
    const found = buffer.subarray(0, bytesRead).indexOf(newline);
    return found === -1 || middle + found + 1 >= sizeBytes ? undefined : middle + found + 1;
  } finally {
    await file.close();
  }
}

/**
 * Both parts as one report. Requests are cut anew at the beginning of the second part, so there may be one more than when it is sent.
 * @param lines of the first part: those of the second are counted from its own beginning
 */
export function mergedReport(first: CheckReport, second: CheckReport, lines: number): CheckReport {
  const moved = <T extends { readonly line: number }>(example: T): T => ({ ...example, line: example.line + lines });
  const reasons = mergedBy(
    first.reasons,
    second.reasons,
    'code',
    (one, other) => ({
      ...one,
      rows: one.rows + other.rows,
      examples: [...one.examples, ...other.examples].slice(0, examplesKept),
    }),
    (one) => ({ ...one, examples: one.examples.map(moved) }),
  );
  const columns = mergedBy(
    first.columns,
    second.columns,
    'name',
    (one, other) => ({
      ...other,
      ...one,
      values: one.values + other.values,
      dropped: one.dropped + other.dropped,
      unknown: one.unknown + other.unknown,
      rejected: one.rejected + other.rejected,
    }),
    (one) => (one.example === undefined ? one : { ...one, example: moved(one.example) }),
  );
  const metrics = mergedBy(first.metrics, second.metrics, 'metric', (one, other) => ({ ...other, ...one, rows: one.rows + other.rows }));
  const times = [first.times, second.times].filter((range) => range !== undefined);
  const byRows = (a: { readonly rows: number }, b: { readonly rows: number }): number => b.rows - a.rows;
  return {
    rowsRead: first.rowsRead + second.rowsRead,
    rowsFit: first.rowsFit + second.rowsFit,
    rowsRejected: first.rowsRejected + second.rowsRejected,
    rowsMalformed: first.rowsMalformed + second.rowsMalformed,
    eventBytes: first.eventBytes + second.eventBytes,
    requests: { stream: first.requests.stream + second.requests.stream, batch: first.requests.batch + second.requests.batch },
    reasons: reasons.sort(byRows),
    metrics: metrics.sort(byRows),
    columns,
    ...(times.length === 0
      ? {}
      : { times: { first: Math.min(...times.map((range) => range.first)), last: Math.max(...times.map((range) => range.last)) } }),
    isSchemaKnown: first.isSchemaKnown,
    unreadablePatterns: [...new Set([...first.unreadablePatterns, ...second.unreadablePatterns])],
    seconds: Math.max(first.seconds, second.seconds),
  };
}

/** Entries of both lists, those with the same key as one; what is of the second list goes through `move`. */
function mergedBy<T extends object>(
  first: readonly T[],
  second: readonly T[],
  key: keyof T,
  merge: (one: T, other: T) => T,
  move: (other: T) => T = (other) => other,
): T[] {
  const all = new Map<unknown, T>(first.map((one) => [one[key], one]));
  for (const other of second) {
    const one = all.get(other[key]);
    all.set(other[key], one === undefined ? move(other) : merge(one, move(other)));
  }
  return [...all.values()];
}
