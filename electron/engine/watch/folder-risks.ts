/** Rows of a folder that were lost at their source: written down, told, and kept until somebody has seen it. */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { DataAtRisk } from '../../../shared/contract/folders.ts';
import type { EngineEvent } from '../engine.ts';
import { failure } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import type { FolderStore } from '../record/folder-store.ts';
import type { TrackedFile } from './tracked-file.ts';

export interface FolderRiskParts {
  readonly store: FolderStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly emit: (event: EngineEvent) => void;
}

export class FolderRisks {
  /** Newest first. */
  now: readonly DataAtRisk[];

  constructor(
    private readonly folderId: string,
    private readonly root: string,
    private readonly parts: FolderRiskParts,
    private readonly onChange: () => void,
  ) {
    this.now = parts.store.risks(folderId);
  }

  /** Rows that were never read are gone with their file. How many is estimated from those before. */
  unread(file: TrackedFile, bytes: number, cause: DataAtRisk['cause']): void {
    const { rowsRead } = file.ledger;
    const unread = rowsRead === 0 || file.bytesRead === 0 || bytes === 0 ? 0 : Math.max(1, Math.round((bytes * rowsRead) / file.bytesRead));
    const rows = unread + file.rowsToReread;
    file.isAtRisk = true;
    this.add(file.path, bytes, rows, cause, `about ${rows} rows of ${file.path} were gone before they were read`);
  }

  /** Rows that were planned and not confirmed are gone from their file. `path`: absolute. */
  planned(path: string, bytes: number, rows: number): void {
    const shown = relative(this.root, path).split(sep).join('/');
    this.add(
      shown,
      bytes,
      rows,
      existsSync(path) ? 'rewritten' : 'deleted',
      `${rows} rows of ${shown} were gone before they were confirmed`,
    );
  }

  /** Somebody has seen it. */
  dismiss(riskId: number): void {
    this.parts.store.removeRisk(this.folderId, riskId);
    this.now = this.parts.store.risks(this.folderId);
    this.onChange();
  }

  private add(path: string, bytes: number, rows: number, cause: DataAtRisk['cause'], message: string): void {
    const { store, clock, logger, emit } = this.parts;
    store.addRisk(this.folderId, { path, at: clock.now(), bytes, rows, cause });
    this.now = store.risks(this.folderId);
    const context = { path: join(this.root, path), bytes, rows, cause, folderId: this.folderId };
    logger.warn('rows are gone from their file', context);
    emit({ kind: 'notice', notice: failure('rows-at-risk', message, context) });
    this.onChange();
  }
}
