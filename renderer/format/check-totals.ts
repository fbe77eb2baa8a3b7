import type { CheckJob, CheckReport } from '../../shared/contract/check.ts';

export interface CheckTotals {
  readonly rowsRead: number;
  readonly rowsFit: number;
  readonly rowsRejected: number;
  readonly rowsMalformed: number;
}

/** What a check found in all files together, as far as it came. */
export const checkTotals = (files: CheckJob['files']): CheckTotals => {
  const sum = (of: (report: CheckReport) => number): number =>
    files.reduce((total, { report }) => total + (report === undefined ? 0 : of(report)), 0);
  return {
    rowsRead: sum(({ rowsRead }) => rowsRead),
    rowsFit: sum(({ rowsFit }) => rowsFit),
    rowsRejected: sum(({ rowsRejected }) => rowsRejected),
    rowsMalformed: sum(({ rowsMalformed }) => rowsMalformed),
  };
};

/** Some file would not go out as a whole: its mapping holds it, or stops it, for its rejected rows. */
export const isHeldForRejects = (files: CheckJob['files']): boolean =>
  files.some(({ rejects }) => rejects?.outcome === 'held' || rejects?.outcome === 'stopped');

/** How much of all files was looked at, from 0 to 1; undefined until a size is known. */
export const checkShare = (files: CheckJob['files']): number | undefined => {
  const known = files.filter(({ sizeBytes }) => sizeBytes > 0);
  if (known.length === 0) return undefined;
  // A file that waits has no size yet: it counts as much as one of the others does on average.
  const average = known.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / known.length;
  const total = files.reduce((sum, { sizeBytes, state }) => sum + (state === 'queued' ? average : sizeBytes), 0);
  return files.reduce((sum, { bytesRead }) => sum + bytesRead, 0) / total;
};

type Column = CheckReport['columns'][number];

const trouble = ({ rejected, dropped, unknown }: Column): number => (rejected > 0 ? 4 : 0) + (dropped > 0 ? 2 : 0) + (unknown > 0 ? 1 : 0);

/** Columns that somebody should look at first, the others in the order of the file. */
export const columnsByTrouble = (columns: readonly Column[]): readonly Column[] => [...columns].sort((a, b) => trouble(b) - trouble(a));

/**
 * What sending comes to: everything, everything but the rows that cannot be sent, or nothing. `unknown` while nobody looked at
 * every row: a file could not be read, or the check was stopped.
 */
export type CheckVerdict = 'all' | 'some' | 'none' | 'unknown';

export const checkVerdict = ({ state, files }: Pick<CheckJob, 'state' | 'files'>): CheckVerdict => {
  if (state !== 'done' || files.some((file) => file.state !== 'done')) return 'unknown';
  const { rowsFit, rowsRejected, rowsMalformed } = checkTotals(files);
  if (rowsFit + rowsMalformed === 0) return 'none';
  return rowsRejected + rowsMalformed === 0 ? 'all' : 'some';
};
