/** The public face of the engine, as its hosts see it. */
import type { CheckJob } from '../../shared/contract/check.ts';
import type { Failure } from '../../shared/contract/common.ts';
import type { CommandOutput, ParsedInput } from '../../shared/contract/contract.ts';
import type { Connection, ConnectionCheck } from '../../shared/contract/connections.ts';
import type { BucketChoice } from '../../shared/contract/object-store.ts';
import type { BucketPolicies } from '../../shared/model/bucket-policy.ts';
import type { Inspection } from '../../shared/contract/files.ts';
import type { Flow, PauseScope } from '../../shared/contract/flow.ts';
import type { Folder, FolderPreview, WatchedFile } from '../../shared/contract/folders.ts';
import type { Mapping } from '../../shared/contract/mapping.ts';
import type { NamedMapping } from '../../shared/contract/mappings.ts';
import type { KnownSchema } from '../../shared/contract/schema.ts';
import type { TimestampExplanation } from '../../shared/contract/timestamp.ts';
import type { Transfer } from '../../shared/contract/transfers.ts';
import type { Disposable } from './ports.ts';

/** Throw `mapping-unknown`, `mapping-name-taken`, `mapping-in-use`, `not-found`. */
export interface MappingCommands {
  list(): readonly NamedMapping[];
  get(input: ParsedInput<'mappings.get'>): CommandOutput<'mappings.get'>;
  /** Content that is another than that of the newest version becomes the next one. */
  save(input: ParsedInput<'mappings.save'>): NamedMapping;
  rename(input: ParsedInput<'mappings.rename'>): NamedMapping;
  remove(id: string): void;
  /** What a file of the history was sent by last. */
  ofFile(fileId: string): Mapping;
}

export type EngineEvent =
  | { readonly kind: 'transfer'; readonly transfer: Transfer }
  | { readonly kind: 'connections'; readonly connections: readonly Connection[] }
  | { readonly kind: 'folder'; readonly folder: Folder }
  /** A file of a watched folder is in another state, or its counts are others. */
  | { readonly kind: 'watched-file'; readonly folderId: string; readonly file: WatchedFile }
  | { readonly kind: 'folder-removed'; readonly id: string }
  | { readonly kind: 'flow'; readonly flow: Flow }
  | { readonly kind: 'notice'; readonly notice: Failure };

/** Expected failures are thrown as `UploaderError` (a code of the closed list); anything else is a bug. */
export interface Engine extends Disposable {
  /** Called for every change; transfers at most ten times a second each, and once at their end. */
  subscribe(listener: (event: EngineEvent) => void): Disposable;
  readonly notices: readonly Failure[];

  listConnections(): readonly Connection[];
  addConnection(
    input: ParsedInput<'connections.add'>,
    options?: { readonly id?: string; readonly isSandbox?: boolean },
  ): Promise<Connection>;
  updateConnection(input: ParsedInput<'connections.update'>): Promise<Connection>;
  removeConnection(id: string): Promise<void>;
  /** With its bucket, where it has one. */
  testConnection(id: string): Promise<readonly ConnectionCheck[]>;
  /** The bucket alone, or another one by the same keys. Throws `bucket-missing` when none is named. */
  testBucket(id: string, given: BucketChoice): Promise<readonly ConnectionCheck[]>;
  /** What has to be allowed, as JSON. Throws `bucket-missing` when no bucket is named. */
  bucketPolicies(id: string, given: BucketChoice): BucketPolicies;

  /** The schema of a connection as it is kept, or read now. Never throws for what the service does: the reason is in it. */
  schema(input: ParsedInput<'schema.get'>): Promise<KnownSchema>;
  /** Throws `schema-changed`, `schema-refused`, or why the service could not be asked. */
  changeSchema(input: ParsedInput<'schema.change'>): Promise<KnownSchema>;
  /** What the service would take a text for, and why not. */
  explainTimestamp(input: ParsedInput<'schema.timestamp'>): TimestampExplanation;
  /** Where the first rows of a file would land. Throws why the schema is not known, or why the file cannot be read. */
  simulate(input: ParsedInput<'schema.simulate'>): Promise<CommandOutput<'schema.simulate'>>;
  /** What files that were sent or checked have and the schema has not. Nothing when the schema was never read. */
  unknownFields(connectionId: string): Promise<CommandOutput<'schema.unknown'>>;

  /** Mappings that are saved under a name. */
  readonly mappings: MappingCommands;

  /** Begins to look at every row of files, without sending; returns its id. Throws `connection-unknown`. */
  startCheck(input: ParsedInput<'check.start'>): string;
  /** How far it came, and what it found. Throws `not-found`. */
  check(checkId: string): CheckJob;
  cancelCheck(checkId: string): void;

  inspect(input: ParsedInput<'files.inspect'>): Promise<Inspection>;
  startUpload(input: ParsedInput<'uploads.start'>): Promise<string>;
  cancel(transferId: string): Promise<void>;
  /** `acceptRejects`: files that are held for their rejects are sent without these rows. */
  retry(transferId: string, options?: { readonly acceptRejects?: boolean }): Promise<void>;
  /**
   * Sends the rejected rows of a transfer as they stand in its files of rejects by now; `continued`: a replay of them that was held
   * goes on instead. Throws `no-files` when none is left.
   */
  replay(transferId: string): Promise<CommandOutput<'rejects.replay'>>;
  /** Ends the held replay of a transfer's rejected rows, which are open again then. Throws `no-files` when there is none. */
  giveUpReplay(transferId: string): Promise<void>;
  /** Resolves when the transfer no longer runs. */
  finished(transferId: string): Promise<Transfer>;

  /** Running transfers and the newest others, newest first. */
  recentTransfers(limit: number): readonly Transfer[];
  transfer(transferId: string): Transfer | undefined;
  history(query: ParsedInput<'history.list'>): CommandOutput<'history.list'>;
  batches(query: ParsedInput<'history.batches'>): CommandOutput<'history.batches'>;
  objects(query: ParsedInput<'history.objects'>): CommandOutput<'history.objects'>;
  rejects(query: ParsedInput<'rejects.list'>): Promise<CommandOutput<'rejects.list'>>;
  /** Rejected rows that a replay would send by now, as somebody may have corrected them. */
  openRejects(query: ParsedInput<'rejects.open'>): Promise<CommandOutput<'rejects.open'>>;
  /** One of them, whole. Throws `not-found`. */
  openReject(query: ParsedInput<'rejects.row'>): Promise<CommandOutput<'rejects.row'>>;
  /** Corrects one of them. Throws `transfer-running`, `rejects-changed`, `not-found`. */
  saveReject(input: ParsedInput<'rejects.save'>): Promise<CommandOutput<'rejects.save'>>;

  listFolders(): readonly Folder[];
  /** `id`: of a folder that is watched by this run alone; its settings are replaced when it is known. */
  addFolder(input: ParsedInput<'folders.add'>, options?: { readonly id?: string }): Promise<Folder>;
  updateFolder(input: ParsedInput<'folders.update'>): Promise<Folder>;
  removeFolder(id: string): Promise<void>;
  previewFolder(input: ParsedInput<'folders.preview'>): Promise<FolderPreview>;
  folderFiles(query: ParsedInput<'folders.files'>): CommandOutput<'folders.files'>;
  decideFolder(input: ParsedInput<'folders.decide'>): Promise<void>;
  rescanFolder(id: string): Promise<void>;
  afterPlan(id: string): Promise<CommandOutput<'folders.afterPlan'>>;
  dismissRisk(id: string, riskId: number): void;
  /** Resolves when everything that is there was looked at and is confirmed, rejected, held, ignored or unreadable; or when `signal` aborts. */
  folderSettled(id: string, signal: AbortSignal): Promise<Folder>;
  flow(): Flow;
  pause(scope: PauseScope): Promise<void>;
  resume(scope: PauseScope): Promise<void>;
  /** The computer was asleep or the network is back: waits that were meant for before are over. */
  wake(): void;

  /**
   * Stops reading, waits for the requests in flight (at most `graceMs`), tells once more how each folder and transfer that ran
   * stands then, closes the journal.
   */
  dispose(): Promise<void>;
}
