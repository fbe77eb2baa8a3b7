import type { Connection } from '../../../shared/contract/connections.ts';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import type { EngineEvent } from '../engine.ts';
import type { FolderScanner } from '../folder-scanner.ts';
import type { Destination, PipelineParts } from '../pipeline-parts.ts';
import type { NamedMappings } from '../named-mappings.ts';
import type { ReaderPool } from '../reader-pool.ts';
import type { FolderSettings, FolderStore } from '../record/folder-store.ts';
import type { MappingInUse } from '../record/held-files-journal.ts';
import type { TailReader } from '../tail-reader.ts';
import type { FolderFiles } from './folder-files.ts';
import type { FolderRun } from './folder-run.ts';

/** What a watched folder is made of. */
export interface FolderRunParts extends PipelineParts {
  readonly store: FolderStore;
  readonly scanner: FolderScanner;
  readonly tailReader: TailReader;
  readonly inspectors: () => ReaderPool;
  readonly mappings: Pick<NamedMappings, 'newest'>;
  readonly rowsDir: string;
  readonly connection: (id: string) => Connection | undefined;
  readonly openDestination: (connection: Connection, mappings: readonly Mapping[]) => Promise<Destination>;
  /** Makes what sends its files, by the mode of the folder. */
  readonly openFiles: (run: FolderRun, mapping: MappingInUse, destination: () => Destination) => Promise<FolderFiles>;
  readonly isPaused: (folder: FolderSettings) => boolean;
  readonly emit: (event: EngineEvent) => void;
  readonly onBug: (error: unknown) => void;
}
