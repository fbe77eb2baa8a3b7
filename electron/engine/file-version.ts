/** discover → record: what the file at a path is to the journal, told by its content. */
import { createHash } from 'node:crypto';
import type { Mapping } from '../../shared/contract/mapping.ts';
import type { ReaderPool } from './reader-pool.ts';
import type { Journal } from './record/journal.ts';
import type { FileRecord } from './record/file-record.ts';

export type VersionVerdict =
  /** Nothing of it was sent yet, or it is another content: all of it is sent. */
  | { readonly kind: 'new' }
  /** All of it was confirmed before. */
  | { readonly kind: 'unchanged' }
  /** An earlier run did not finish it: that record goes on. */
  | { readonly kind: 'unfinished'; readonly record: FileRecord }
  /** All its rows were settled, and others follow now. */
  | { readonly kind: 'grown'; readonly record: FileRecord };

const lineEnds: readonly (number | undefined)[] = [0x0a, 0x0d];

/**
 * Compares the file with the newest version the journal knows at its path. Content decides: every stretch that was planned
 * is hashed again. Where inode, size and time of change are the same as then, the last stretch is enough.
 */
export async function judgeVersion(
  file: FileRecord,
  journal: Journal,
  readers: ReaderPool,
  wasCutOff: (transferId: string) => boolean,
): Promise<VersionVerdict> {
  const record = journal.newestVersion(file);
  if (record === undefined) return { kind: 'new' };
  const { holds, goesOn, nextByte } = await compareWithPlan(record, file, journal, readers);
  if (!holds) return { kind: 'new' };
  // The last row had no line end when it was sent; what follows now belongs to it.
  if (record.endedOpen && goesOn && !lineEnds.includes(nextByte)) return { kind: 'new' };
  // Nobody heard that it was done when its run was killed: it is told of together with the rest of that run.
  if (record.state !== 'done' || wasCutOff(record.transferId)) return { kind: 'unfinished', record };
  return goesOn ? { kind: 'grown', record } : { kind: 'unchanged' };
}

/** Whether the file still begins with everything that was planned of it. */
export async function holdsPlanned(record: FileRecord, stamp: string, journal: Journal, readers: ReaderPool): Promise<boolean> {
  return (await compareWithPlan(record, { path: record.path, mapping: record.mapping, stamp }, journal, readers)).holds;
}

async function compareWithPlan(
  record: FileRecord,
  now: Pick<FileRecord, 'path' | 'mapping' | 'stamp'>,
  journal: Journal,
  readers: ReaderPool,
): Promise<{ readonly holds: boolean; readonly goesOn: boolean; readonly nextByte: number | undefined }> {
  const all = journal.digestsOf(record);
  const ranges = record.stamp === now.stamp ? all.slice(-1) : all;
  const { equal, goesOn, nextByte } = await readers.digest({
    path: now.path,
    format: now.mapping.format,
    end: record.planned?.byte ?? 0,
    ranges,
  });
  return { holds: equal === ranges.length, goesOn, nextByte };
}

/** Tells mappings apart: everything in them that changes an event. What becomes of rejected rows changes none. */
export function mappingDigest(mapping: Mapping): string {
  const { name: _name, $schema: _schema, rejects: _rejects, ...rest } = mapping;
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, 16);
}

/** The part of batch names that stands for the file: where it lies and how it is mapped. */
export const versionName = (path: string, digest: string): string =>
  createHash('sha256').update(`${path}\n${digest}`).digest('hex').slice(0, 12);
