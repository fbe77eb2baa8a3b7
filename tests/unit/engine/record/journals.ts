import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mappingSchema } from '../../../../shared/contract/mapping.ts';
import type { Position } from '../../../../electron/engine/model.ts';
import { openDatabase, type OpenDatabase } from '../../../../electron/engine/record/database.ts';
import { History } from '../../../../electron/engine/record/history.ts';
import { ObjectHistory } from '../../../../electron/engine/record/object-history.ts';
import { Journal } from '../../../../electron/engine/record/journal.ts';
import type { FileRecord } from '../../../../electron/engine/record/file-record.ts';
import type { BatchEnd, NewBatch } from '../../../../electron/engine/record/batch-record.ts';

export interface OpenJournal extends OpenDatabase {
  readonly journal: Journal;
  readonly history: History;
  readonly objects: ObjectHistory;
}

export function openJournal(dataDir: string): OpenJournal {
  const opened = openDatabase(dataDir, 1_500_000_000_000);
  return {
    ...opened,
    journal: new Journal(opened.database),
    history: new History(opened.database),
    objects: new ObjectHistory(opened.database),
  };
}

export function tempDir(): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'record-'));
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Ten bytes a row, behind a header line. */
export const positionOf = (row: number): Position => ({ byte: row * 10, row, line: row + 2 });

export function addTransfer(
  journal: Journal,
  id: string,
  change: { readonly startedAt?: number; readonly connectionName?: string } = {},
): void {
  journal.addTransfer({ id, connectionId: 'c', connectionName: 'Plant', route: 'stream', startedAt: 1, ...change });
}

export function addFile(journal: Journal, id: string, change: Partial<FileRecord> = {}): void {
  journal.addFile({
    ...{
      id,
      transferId: 't',
      connectionId: 'c',
      route: 'stream',
      path: `/files/${id}.csv`,
      name: `${id}.csv`,
      version: 'v',
      continues: undefined,
    },
    ...{ planned: undefined, mapping: mappingSchema.parse({}), mappingDigest: 'm', sizeBytes: 100, stamp: 's', state: 'queued' },
    ...change,
  });
}

export const newBatch = (from: number, to: number, change: Partial<NewBatch> = {}): NewBatch => ({
  ...{ name: `b${from}`, from: positionOf(from), to: positionOf(to), digest: `d${from}`, events: to - from, bytes: 10 },
  ...{ rejected: [], fileBytes: positionOf(to).byte, rejectsBytes: 0 },
  ...change,
});

export const batchEnd = (state: BatchEnd['state'], change: Partial<BatchEnd> = {}): BatchEnd => ({
  ...{ state, attempts: 1, bytesSent: 10, requests: 1, retries: 0, possiblyRepeated: 0, mayBeApplied: false },
  ...{ status: 200, requestId: 'r', answer: undefined },
  ...change,
});
