/** What moves over all connections, and what somebody has paused. */
import type { Connection } from '../../../shared/contract/connections.ts';
import type { ConnectionFlow, Flow, PauseScope } from '../../../shared/contract/flow.ts';
import type { Folder } from '../../../shared/contract/folders.ts';
import type { Transfer } from '../../../shared/contract/transfers.ts';
import { failure } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { pauseKey, type FolderStore } from '../record/folder-store.ts';
import type { History } from '../record/history.ts';
import type { ConnectionLane } from '../send/connection-lane.ts';
import { waitingReason } from './folder-status.ts';

export interface FlowParts {
  readonly store: FolderStore;
  readonly history: History;
  readonly clock: Clock;
  readonly connections: () => readonly Connection[];
  readonly lane: (connectionId: string) => ConnectionLane | undefined;
  readonly folders: () => readonly Folder[];
  readonly transfers: () => readonly Transfer[];
  readonly onPause: () => void;
  readonly emit: (flow: Flow) => void;
}

const tellEveryMs = 500;
/** While nothing happens: a timetable opens and closes without anybody telling. */
const lookEveryMs = 5_000;

export class FlowControl {
  private paused: ReadonlySet<string>;
  private readonly ending = new AbortController();
  private told = '';
  /** Something has happened since it was told last. */
  private isNew = true;
  private nap: AbortController | undefined;

  constructor(private readonly parts: FlowParts) {
    this.paused = parts.store.pauses();
  }

  isConnectionPaused(connectionId: string): boolean {
    return this.paused.has('all') || this.paused.has(pauseKey({ scope: 'connection', id: connectionId }));
  }

  isFolderPaused(folder: { readonly id: string; readonly connectionId: string }): boolean {
    return this.isConnectionPaused(folder.connectionId) || this.paused.has(pauseKey({ scope: 'folder', id: folder.id }));
  }

  setPaused(scope: PauseScope, isPaused: boolean): void {
    this.parts.store.setPaused(scope, isPaused);
    this.paused = this.parts.store.pauses();
    this.parts.onPause();
    this.tell(true);
  }

  current(): Flow {
    const folders = this.parts.folders();
    const transfers = this.parts.transfers().filter(({ state }) => state === 'running');
    const sum = (of: (part: { rowsPerSecond: number; bytesPerSecond: number }) => number): number =>
      [...folders, ...transfers].reduce((total, part) => total + of(part), 0);
    return {
      paused: this.paused.has('all'),
      connections: this.parts.connections().map((connection) => this.flowOf(connection)),
      rowsPerSecond: sum(({ rowsPerSecond }) => rowsPerSecond),
      bytesPerSecond: sum(({ bytesPerSecond }) => bytesPerSecond),
      rowsQueued: [...folders, ...transfers].reduce((total, { ledger }) => total + ledger.rowsHeld, 0),
      today: this.parts.history.today(),
    };
  }

  /** Something may be different. */
  changed(): void {
    this.isNew = true;
    this.nap?.abort();
  }

  /** Tells it, at most twice a second, as long as it changes; until `dispose`. */
  async run(): Promise<void> {
    const { clock } = this.parts;
    while (!this.ending.signal.aborted) {
      this.isNew = false;
      this.tell(false);
      await clock.sleep(tellEveryMs, this.ending.signal);
      if (this.hasNews()) continue;
      this.nap = new AbortController();
      await clock.sleep(lookEveryMs, this.nap.signal);
      this.nap = undefined;
    }
  }

  private hasNews(): boolean {
    return this.isNew || this.ending.signal.aborted;
  }

  dispose(): void {
    this.ending.abort();
    this.nap?.abort();
  }

  private tell(isForced: boolean): void {
    const flow = this.current();
    const text = JSON.stringify(flow);
    if (!isForced && text === this.told) return;
    this.told = text;
    this.parts.emit(flow);
  }

  private flowOf({ id }: Connection): ConnectionFlow {
    const lane = this.parts.lane(id);
    const paused = this.isConnectionPaused(id);
    const waits = waitingReason(lane);
    const blocked = lane?.pausedBy;
    const state = blocked !== undefined ? 'blocked' : waits !== undefined ? 'waiting' : 'ready';
    const reason = blocked !== undefined ? failure(blocked.code, blocked.message) : waits;
    return { connectionId: id, paused, state, ...(reason === undefined ? {} : { reason }), skewMs: lane?.skewMs ?? 0 };
  }
}
