/** Watched folders and their files as the engine tells them, with only what a test is about written out. */
import type { Flow } from '../../shared/contract/flow.ts';
import { defaultInclude, type Folder, type WatchedFile } from '../../shared/contract/folders.ts';
import { emptyLedger } from '../../shared/model/ledger.ts';

export const watchedFolder = (change: Partial<Folder> = {}): Folder => ({
  ...{ id: 'folder-1', name: 'plant', path: '/plant', connectionId: 'plant', mode: 'rows', route: 'stream', include: defaultInclude },
  ...{ exclude: [], recursive: true, existing: 'send', rewritten: 'changed', after: { kind: 'keep' }, settleMs: 2_000, maxAgeMs: 200 },
  ...{ watching: 'auto', pollMs: 5_000, maxRejects: 10_000, paused: false, state: 'idle', watcher: { kind: 'events' } },
  counts: { files: 0, settling: 0, reading: 0, sending: 0, waiting: 0, held: 0, done: 0, unreadable: 0, ignored: 0 },
  ...{ bytesRead: 0, bytesSent: 0, requests: 0, retries: 0 },
  ...{ ledger: emptyLedger, rowsPerSecond: 0, bytesPerSecond: 0, bytesWaiting: 0, active: [], atRisk: [] },
  ...change,
});

export const watchedFile = (path: string, change: Partial<WatchedFile> = {}): WatchedFile => ({
  ...{ id: path, path, sizeBytes: 1_000, modifiedAt: 0, state: 'done', ledger: emptyLedger, bytesRead: 1_000 },
  ...change,
});

export const calmFlow = (change: Partial<Flow> = {}): Flow => ({
  ...{ paused: false, connections: [], rowsPerSecond: 0, bytesPerSecond: 0, rowsQueued: 0 },
  today: { rowsConfirmed: 0, rowsRejected: 0, bytesSent: 0, requests: 0 },
  ...change,
});
