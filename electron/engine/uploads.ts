/** Transfers: which files, in what state, and their way through the pipeline one after the other. */
import { resolve } from 'node:path';
import type { Failure } from '../../shared/contract/common.ts';
import { limitsSchema, type Connection } from '../../shared/contract/connections.ts';
import type { ParsedInput } from '../../shared/contract/contract.ts';
import type { Mapping } from '../../shared/contract/mapping.ts';
import type { FileState, Transfer, TransferState } from '../../shared/contract/transfers.ts';
import { isDirectRoute } from '../../shared/model/route.ts';
import { enterFile, newId } from './file-entering.ts';
import { UploaderError, failure } from './errors.ts';
import { asFailure, engineStopped, sendOne, type FileSendingParts } from './file-sending.ts';
import type { NamedMappings } from './named-mappings.ts';
import type { Destination } from './pipeline-parts.ts';
import { TransferFeed } from './transfer-feed.ts';
import { uploadTargetOf } from './upload-target.ts';

export interface UploadParts extends FileSendingParts {
  readonly connection: (id: string) => Connection | undefined;
  readonly destination: (connection: Connection, mappings: readonly Mapping[]) => Promise<Destination>;
  readonly transfer: (id: string) => Transfer | undefined;
  readonly mappings: Pick<NamedMappings, 'used'>;
  readonly emit: (transfer: Transfer) => void;
}

/** A watched folder that sends a file as a transfer of its own, and tells of it itself. */
export interface FolderOfUpload {
  readonly id: string;
  readonly onMove: (transfer: Transfer) => void;
  /** A file whose sent part was rewritten is sent once more; else it is held. */
  readonly mayReplace: boolean;
}

export interface RetryOptions {
  readonly folder?: FolderOfUpload;
  readonly acceptRejects?: boolean;
}

/** Files of a transfer that are read at once. */
const filesAtOnce = 2;

interface Running {
  readonly abort: AbortController;
  readonly feed: TransferFeed;
  readonly ended: Promise<void>;
}

export class Uploads {
  private readonly running = new Map<string, Running>();
  /** Transfers of runs that were killed. */
  private cutOff: ReadonlySet<string> = new Set();
  /** Why transfers are held where there was no room to record it. */
  private readonly unrecorded = new Map<string, Failure>();

  constructor(private readonly parts: UploadParts) {}

  /** Enters a transfer into the journal and begins it. Returns its id. `folder`: the watched folder that its files are of. */
  async start(input: ParsedInput<'uploads.start'>, folder?: FolderOfUpload): Promise<string> {
    const saved = await this.usableConnection(input.connectionId);
    const connection = input.limits === undefined ? saved : { ...saved, limits: limitsSchema.parse({ ...saved.limits, ...input.limits }) };
    const target = uploadTargetOf(input, saved);
    const { journal, clock } = this.parts;
    const id = `t${clock.now().toString(36)}${newId().slice(0, 6)}`;
    journal.addTransfer({
      id,
      connectionId: connection.id,
      connectionName: connection.name,
      route: input.route,
      startedAt: clock.now(),
      folderId: folder?.id,
    });
    const files: string[] = [];
    const seen = new Set<string>();
    const { route, acceptRejects } = input;
    const of = { transferId: id, connectionId: connection.id, route, folderId: folder?.id, target, rejectsAccepted: acceptRejects };
    for (const { path, ...given } of input.files) {
      const absolute = resolve(path);
      if (seen.has(absolute)) continue;
      seen.add(absolute);
      files.push(await enterFile({ ...of, path: absolute, ...this.parts.mappings.used(given) }, journal));
    }
    this.begin(id, connection, files, input.again, folder);
    return id;
  }

  /** Goes on with a transfer that does not run: everything of it that is not settled. `acceptRejects`: whatever is rejected. */
  async retry(id: string, { folder, acceptRejects = false }: RetryOptions = {}): Promise<void> {
    if (this.running.has(id)) throw new UploaderError('transfer-running', 'the transfer is running', { transferId: id });
    const transfer = this.known(id);
    const connection = await this.usableConnection(transfer.connectionId);
    const { journal } = this.parts;
    const open: string[] = [];
    for (const file of journal.filesOf(id)) {
      if (file.state === 'done' || file.state === 'unchanged') continue;
      journal.setFileState(file.id, 'queued');
      if (acceptRejects) journal.acceptRejects(file.id);
      open.push(file.id);
    }
    journal.setTransferState(id, 'running', undefined, undefined);
    this.unrecorded.delete(id);
    this.begin(id, connection, open, false, folder);
  }

  /** Goes on with every transfer that was running when the last run ended; one without usable credentials is held. */
  async resumeInterrupted(): Promise<void> {
    for (const id of this.parts.journal.interruptedTransfers()) {
      await this.retry(id).catch((error: unknown) => {
        this.parts.journal.setTransferState(id, 'held', asFailure(error), this.parts.clock.now());
      });
    }
  }

  /** What was running when the last run ended waits until somebody goes on with it. */
  holdInterrupted(): void {
    const { journal, clock } = this.parts;
    this.cutOff = new Set(journal.unclosedTransfers());
    journal.holdInterrupted(failure('engine-stopped', 'the app ended before everything was sent'), clock.now());
  }

  async cancel(id: string): Promise<void> {
    const running = this.running.get(id);
    if (running === undefined) {
      this.known(id);
      return;
    }
    running.abort.abort();
    await running.ended;
  }

  /** As at the end of the engine: it goes on with the next start. */
  async stop(id: string): Promise<void> {
    const running = this.running.get(id);
    running?.abort.abort(engineStopped);
    await running?.ended;
  }

  async finished(id: string): Promise<Transfer> {
    await this.running.get(id)?.ended;
    return this.known(id);
  }

  current(id: string): Transfer | undefined {
    return this.running.get(id)?.feed.current() ?? this.shown(id);
  }

  /** Stops all transfers; they stay in the journal as running and go on with the next start. */
  async dispose(): Promise<void> {
    const all = [...this.running.values()];
    for (const { abort } of all) abort.abort(engineStopped);
    await Promise.all(all.map(({ ended }) => ended));
    if (this.unrecorded.size === 0) this.parts.journal.closeTransfers();
  }

  /** On a full disk not even that can be written down; it is told all the same, and recorded with the next start. */
  private holdTransfer(id: string, reason: Failure): void {
    try {
      this.parts.journal.setTransferState(id, 'held', reason, this.parts.clock.now());
    } catch (error) {
      if (asFailure(error).code !== 'disk-full') throw error;
      this.unrecorded.set(id, reason);
    }
  }

  private shown(id: string): Transfer | undefined {
    const transfer = this.parts.transfer(id);
    const reason = this.unrecorded.get(id);
    return transfer === undefined || reason === undefined ? transfer : { ...transfer, state: 'held', failure: reason };
  }

  private known(id: string): Transfer {
    const transfer = this.shown(id);
    if (transfer === undefined) throw new UploaderError('transfer-unknown', `there is no transfer ${id}`, { transferId: id });
    return transfer;
  }

  private async usableConnection(id: string): Promise<Connection> {
    const connection = this.parts.connection(id);
    if (connection === undefined) throw new UploaderError('connection-unknown', `there is no connection ${id}`, { connectionId: id });
    if ((await this.parts.credentials.get(id)) === undefined) {
      throw new UploaderError('credentials-missing', `the connection ${connection.name} has no API key and credentials`, {
        connection: connection.name,
      });
    }
    return connection;
  }

  private begin(id: string, connection: Connection, files: readonly string[], again: boolean, folder: FolderOfUpload | undefined): void {
    const abort = new AbortController();
    const feed = new TransferFeed(() => this.shown(id), folder?.onMove ?? this.parts.emit, this.parts.clock);
    const ended = this.run(id, connection, files, again, abort.signal, feed, folder?.mayReplace ?? true)
      .catch((error: unknown) => {
        const reason = asFailure(error);
        if (reason.code === 'internal') this.parts.onBug(error);
        this.holdTransfer(id, reason);
      })
      .finally(() => {
        this.running.delete(id);
        feed.end();
      });
    this.running.set(id, { abort, feed, ended });
    feed.run().catch(this.parts.onBug);
  }

  private async run(
    id: string,
    connection: Connection,
    files: readonly string[],
    again: boolean,
    signal: AbortSignal,
    feed: TransferFeed,
    mayReplace: boolean,
  ): Promise<void> {
    const { journal, clock } = this.parts;
    const records = files.map((file) => journal.file(file)).filter(({ state }) => state === 'queued');
    let heldBy: Failure | undefined;
    if (records.length > 0) {
      const destination = await this.parts.destination(
        connection,
        // Past the service there is no schema to be asked for.
        records.filter(({ route }) => !isDirectRoute(route)).map(({ mapping }) => mapping),
      );
      const sending = {
        destination,
        again,
        mayReplace,
        signal,
        onChange: () => {
          feed.changed();
        },
        wasCutOff: (transferId: string) => this.cutOff.has(transferId),
        isRunning: (transferId: string) => this.running.has(transferId),
      };
      const queue = records.values();
      const work = async (): Promise<void> => {
        for (const record of queue) {
          if (signal.aborted || heldBy !== undefined) {
            if (signal.reason !== engineStopped) journal.setFileState(record.id, signal.aborted ? 'cancelled' : 'held', heldBy);
            continue;
          }
          heldBy = (await sendOne(record, sending, this.parts)) ?? heldBy;
          feed.changed();
        }
      };
      await Promise.all(Array.from({ length: Math.min(filesAtOnce, records.length) }, work));
    }
    // A run that was stopped from outside goes on with the next start of the engine.
    if (signal.reason === engineStopped) return;
    journal.setTransferState(id, this.stateOf(id, signal.aborted), heldBy, clock.now());
  }

  private stateOf(id: string, aborted: boolean): TransferState {
    const { ledger } = this.known(id);
    const states = new Set<FileState>(this.parts.journal.filesOf(id).map(({ state }) => state));
    if (aborted || states.has('cancelled')) return 'cancelled';
    if (states.has('held') || ledger.rowsHeld > 0) return 'held';
    if (states.has('refused') || ledger.rowsRejected > 0) return 'attention';
    return 'done';
  }
}
