import type { Mapping } from '../../../shared/contract/mapping.ts';
import type { MappingRef } from '../../../shared/contract/mappings.ts';
import type { PipelineParts } from '../pipeline-parts.ts';
import type { FolderSettings } from '../record/folder-store.ts';
import type { AcceptedColumns } from './accepted-columns.ts';
import type { FileIndex } from './file-index.ts';
import type { TrackedFile } from './tracked-file.ts';

/** What everything that follows the rows of a folder is given. */
export interface RowsFlowParts extends PipelineParts {
  readonly folderId: string;
  /** Absolute. */
  readonly root: string;
  readonly settings: () => FolderSettings;
  readonly mapping: Mapping;
  readonly mappingDigest: string;
  readonly mappingRef: MappingRef | undefined;
  readonly connection: { readonly id: string; readonly name: string };
  readonly index: FileIndex;
  readonly accepted: AcceptedColumns;
  readonly signal: AbortSignal;
  readonly newFileId: () => string;
  readonly absolute: (path: string) => string;
  /** What was planned of a file has changed. */
  readonly onPlanned: (file: TrackedFile) => void;
  /** Whether the patterns of the folder take a path. */
  readonly isTaken: (path: string) => boolean;
  /** Looks at the disk again, what stands at a path. */
  readonly recheck: (path: string) => void;
  readonly onFile: (file: TrackedFile) => void;
  /** Rows of it that were never read are gone. */
  readonly onRisk: (file: TrackedFile, bytes: number, cause: 'deleted' | 'truncated' | 'rotated' | 'rewritten') => void;
  readonly onBug: (error: unknown) => void;
}
