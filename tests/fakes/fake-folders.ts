/** Watched folders in every state, made in memory. */
import type { Failure } from '../../shared/contract/common.ts';
import type { CommandOutput } from '../../shared/contract/contract.ts';
import type { Flow } from '../../shared/contract/flow.ts';
import { folderChangeSchema, type Folder, type FolderInput, type FolderPreview, type WatchedFile } from '../../shared/contract/folders.ts';
import type { ErrorCode } from '../../shared/error-codes.ts';
import { fakeFile, fakeNow } from './fake-data.ts';

export const why = (code: ErrorCode, message: string, context: Failure['context'] = {}): Failure => ({ code, message, context });
const ledger = (rowsConfirmed: number, rowsRejected = 0, rowsHeld = 0, possiblyRepeated = 0) => ({
  rowsRead: rowsConfirmed + rowsRejected + rowsHeld,
  rowsConfirmed,
  rowsRejected,
  rowsHeld,
  possiblyRepeated,
});
const noFiles = { files: 0, settling: 0, reading: 0, sending: 0, waiting: 0, held: 0, done: 0, unreadable: 0, ignored: 0 };
/** Counts by state, with their sum. */
export const countsOf = (states: Partial<Omit<Folder['counts'], 'files'>>): Folder['counts'] => ({
  ...noFiles,
  ...states,
  files: Object.values(states).reduce((sum, files) => sum + files, 0) - (states.ignored ?? 0),
});

/** A folder with the settings it was added with and nothing in it yet. */
export const folderOf = (id: string, input: FolderInput): Folder => ({
  ...input,
  id,
  name: input.name ?? input.path.split('/').at(-1) ?? input.path,
  paused: false,
  state: 'idle',
  watcher: { kind: 'events' },
  counts: noFiles,
  ledger: ledger(0),
  bytesRead: 0,
  bytesSent: 0,
  requests: 0,
  retries: 0,
  rowsPerSecond: 0,
  bytesPerSecond: 0,
  bytesWaiting: 0,
  active: [],
  atRisk: [],
});

export const fakeFolder = (change: Partial<Folder> = {}): Folder => {
  const { id, ...settings } = folderChangeSchema.parse({ id: 'folder-1', path: '/var/log/plant-3', connectionId: 'production' });
  return {
    ...folderOf(id, settings),
    name: 'Plant 3',
    counts: countsOf({ done: 48, settling: 1, ignored: 6 }),
    ledger: ledger(18_402_771, 0, 0),
    lastActivityAt: fakeNow - 4_000,
    ...change,
  };
};

export const fakeFolders: readonly Folder[] = [
  fakeFolder({
    state: 'sending',
    counts: countsOf({ done: 46, reading: 1, sending: 2, settling: 1, ignored: 6 }),
    ledger: ledger(18_402_771, 0, 1_240),
    rowsPerSecond: 4_180,
    bytesPerSecond: 612_000,
    bytesWaiting: 48_300_000,
    active: [
      fakeFile({
        id: 'a1',
        path: '/var/log/plant-3/press-07.csv',
        name: 'press-07.csv',
        sizeBytes: 214_000_000,
        bytesRead: 171_200_000,
        state: 'sending',
        ledger: ledger(2_412_000, 0, 900),
      }),
      fakeFile({
        id: 'a2',
        path: '/var/log/plant-3/press-02.csv',
        name: 'press-02.csv',
        sizeBytes: 61_000_000,
        bytesRead: 55_500_000,
        state: 'sending',
        ledger: ledger(801_000, 0, 340),
      }),
    ],
  }),
  fakeFolder({
    id: 'folder-2',
    name: 'Lab results',
    path: '/mnt/lab/export',
    mode: 'files',
    route: 'batch',
    after: { kind: 'move', to: 'sent' },
    state: 'attention',
    reason: why('schema-drift', 'column "ph_2" is new', { file: 'run-0412.csv' }),
    watcher: { kind: 'polling', failure: why('network-folder-polled', '/mnt/lab is a network drive', { path: '/mnt/lab' }) },
    counts: countsOf({ done: 311, held: 3, unreadable: 1, settling: 1, ignored: 12 }),
    ledger: ledger(902_113, 412, 18_220),
    bytesWaiting: 2_100_000,
    lastActivityAt: fakeNow - 900_000,
    atRisk: [
      { id: 1, path: 'run-0398.csv', at: fakeNow - 5_400_000, bytes: 81_000, rows: 1_204, cause: 'deleted' },
      { id: 2, path: 'old/run-0391.csv', at: fakeNow - 8_400_000, bytes: 22_000, rows: 0, cause: 'truncated' },
    ],
  }),
  fakeFolder({
    id: 'folder-3',
    name: 'Turbines',
    path: '/data/turbines',
    paused: true,
    state: 'paused',
    reason: why('flow-paused', 'the folder is paused'),
    counts: countsOf({ done: 12, waiting: 4 }),
    ledger: ledger(4_410_220, 3),
    bytesWaiting: 7_800_000,
    lastActivityAt: fakeNow - 7_200_000,
  }),
  fakeFolder({
    id: 'folder-4',
    name: 'USB logger',
    path: '/media/usb/logger',
    mode: 'files',
    state: 'missing',
    reason: why('folder-missing', 'ENOENT', { path: '/media/usb/logger' }),
    counts: countsOf({ done: 90 }),
    ledger: ledger(120_400),
    lastActivityAt: fakeNow - 86_400_000 * 3,
  }),
  fakeFolder({
    id: 'folder-5',
    name: 'archive-2025',
    path: '/srv/archive-2025',
    existing: 'ask',
    route: 'batch',
    state: 'attention',
    reason: why('existing-undecided', '1,204 files were there before'),
    counts: countsOf({ held: 1_204 }),
    ledger: ledger(0),
    question: { files: 1_204, bytes: 18_400_000_000 },
  }),
  fakeFolder({
    id: 'folder-6',
    name: 'Weather mast',
    path: '/home/ann/mast',
    state: 'waiting',
    reason: why('server-unreachable', 'ECONNREFUSED', { host: 'api.fineo.io', attempts: 4 }),
    counts: countsOf({ waiting: 2, done: 5 }),
    ledger: ledger(88_120, 0, 412),
    bytesWaiting: 52_000,
    lastActivityAt: fakeNow - 65_000,
  }),
  fakeFolder({
    id: 'folder-7',
    name: 'incoming',
    path: '/srv/incoming',
    state: 'scanning',
    counts: countsOf({ settling: 2_412, done: 31_000 }),
    ledger: ledger(61_000_210),
  }),
  fakeFolder({ id: 'folder-8', name: 'Furnace', path: '/var/log/furnace', connectionId: 'sandbox' }),
];

export const fakeWatchedFile = (change: Partial<WatchedFile> = {}): WatchedFile => ({
  id: 'w1',
  path: 'run-0400.csv',
  sizeBytes: 412_000,
  modifiedAt: fakeNow - 3_600_000,
  state: 'done',
  ledger: ledger(2_904),
  bytesRead: change.sizeBytes ?? 412_000,
  transferId: 'transfer-4',
  ...change,
});

/** Files of a folder in every state with every kind of reason, the ones that need somebody first. */
const remarkable: readonly WatchedFile[] = [
  fakeWatchedFile({
    id: 'drift',
    path: 'run-0412.csv',
    state: 'held',
    reason: why('schema-drift', 'column "ph_2" is new, "ph" is gone', { file: 'run-0412.csv', added: 'ph_2', removed: 'ph', line: 1 }),
    ledger: ledger(0, 0, 6_120),
  }),
  fakeWatchedFile({
    id: 'rewritten',
    path: 'run-0409.csv',
    state: 'held',
    reason: why('source-rewritten', '12 rows that were sent are different', { changedRows: 12 }),
    ledger: ledger(2_880, 0, 12),
  }),
  fakeWatchedFile({
    id: 'rejects',
    path: 'broken/run-0411.csv',
    state: 'held',
    reason: why('too-many-rejects', '10,400 of 12,000 rows', { rejected: 10_400, limit: 10_000 }),
    ledger: ledger(1_600, 10_400, 12_088),
  }),
  fakeWatchedFile({
    id: 'unreadable',
    path: 'locked.csv',
    state: 'unreadable',
    reason: why('file-unreadable', 'EACCES: permission denied', { file: 'locked.csv', errno: 'EACCES' }),
    ledger: ledger(0),
    bytesRead: 0,
  }),
  fakeWatchedFile({
    id: 'settling',
    path: 'run-0413.csv',
    state: 'settling',
    reason: why('file-settling', 'changed 800 ms ago', { quietMs: 800, settleMs: 2_000 }),
    ledger: ledger(0),
    bytesRead: 0,
  }),
  fakeWatchedFile({ id: 'sending', path: 'run-0410.csv', state: 'sending', ledger: ledger(1_204, 0, 500), bytesRead: 240_000 }),
  fakeWatchedFile({
    id: 'waiting',
    path: 'run-0408.csv',
    state: 'waiting',
    reason: why('rate-limited', '429', { status: 429, retryAfterMs: 1_000 }),
    ledger: ledger(800, 0, 400),
    bytesRead: 190_000,
  }),
  fakeWatchedFile({
    id: 'ignored',
    path: '~run-0412.tmp.csv',
    state: 'ignored',
    reason: why('file-ignored', 'excluded by *.tmp.csv', { rule: '*.tmp.csv' }),
    ledger: ledger(0),
    bytesRead: 0,
  }),
];
/** More than anybody would draw at once. */
export const watchedFiles: readonly WatchedFile[] = [
  ...remarkable,
  ...Array.from({ length: 25_000 }, (_, index) =>
    fakeWatchedFile({
      id: `done-${index}`,
      path: `2026/${String((index % 12) + 1).padStart(2, '0')}/run-${String(index).padStart(5, '0')}.csv`,
    }),
  ),
]
  .map((file) => (file.state === 'ignored' || file.bytesRead === 0 ? { ...file, transferId: undefined } : file))
  .map(({ transferId, ...file }) => (transferId === undefined ? file : { ...file, transferId }));

export const fakePreview = (change: Partial<FolderPreview> = {}): FolderPreview => ({
  matched: 312,
  ignored: 14,
  bytes: 128_400_000,
  truncated: false,
  network: false,
  samples: [
    { path: 'run-0412.csv', sizeBytes: 412_000, matched: true, rule: '*.csv' },
    { path: 'run-0411.csv', sizeBytes: 398_000, matched: true, rule: '*.csv' },
    { path: '2026/03/run-0410.csv.gz', sizeBytes: 88_000, matched: true, rule: '*.csv.gz' },
    { path: 'notes.docx', sizeBytes: 22_000, matched: false, rule: '' },
    { path: 'run-0412.tmp.csv', sizeBytes: 9_000, matched: false, rule: '*.tmp.csv' },
  ],
  ...change,
});

export const fakeAfterPlan: CommandOutput<'folders.afterPlan'> = {
  files: [
    { path: 'run-0400.csv', action: 'move', to: 'sent/run-0400.csv', reason: 'all 2,904 rows are confirmed' },
    { path: 'run-0401.csv', action: 'move', to: 'sent/run-0401 (2).csv', reason: 'all 2,904 rows are confirmed; the name is taken' },
    { path: 'run-0412.csv', action: 'keep', reason: 'held: the columns are not those of the others' },
  ],
  more: 309,
};

export const quietFlow: Flow = {
  paused: false,
  connections: [],
  rowsPerSecond: 0,
  bytesPerSecond: 0,
  rowsQueued: 0,
  today: { rowsConfirmed: 0, rowsRejected: 0, bytesSent: 0, requests: 0 },
};

export const busyFlow: Flow = {
  paused: false,
  connections: [
    { connectionId: 'sandbox', paused: false, state: 'ready', skewMs: 0 },
    {
      connectionId: 'production',
      paused: false,
      state: 'blocked',
      reason: why('credentials-refused', 'the signature does not match', {
        status: 403,
        requestId: '7f9c2b1e-33a0-4a52-8d1e-0f6a4b2c9d10',
      }),
      skewMs: 94_000,
    },
  ],
  rowsPerSecond: 4_180,
  bytesPerSecond: 612_000,
  rowsQueued: 21_430,
  today: { rowsConfirmed: 2_418_770, rowsRejected: 412, bytesSent: 388_000_000, requests: 5_012 },
};
