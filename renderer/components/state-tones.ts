import type { ConnectionFlow } from '../../shared/contract/flow.ts';
import type { Folder, WatchedFile } from '../../shared/contract/folders.ts';
import type { Transfer, TransferBatch, TransferFile, TransferObject } from '../../shared/contract/transfers.ts';
import type { BadgeTone } from './state-badge.vue';

const fileTones = {
  queued: 'neutral',
  sending: 'info',
  waiting: 'warning',
  done: 'success',
  held: 'warning',
  refused: 'error',
  cancelled: 'neutral',
  unchanged: 'neutral',
} as const satisfies Record<TransferFile['state'], BadgeTone>;

/** A file that is done with rejects is not a plain success. */
export const fileTone = (file: Pick<TransferFile, 'state' | 'ledger' | 'confirmedLater'>): BadgeTone =>
  file.state === 'done' && file.ledger.rowsRejected > (file.confirmedLater ?? 0) ? 'error' : fileTones[file.state];

export const transferTones = {
  running: 'info',
  done: 'success',
  attention: 'error',
  held: 'warning',
  cancelled: 'neutral',
} as const satisfies Record<Transfer['state'], BadgeTone>;

export const batchTones = {
  planned: 'neutral',
  sending: 'info',
  confirmed: 'success',
  held: 'warning',
  split: 'neutral',
  rejected: 'error',
} as const satisfies Record<TransferBatch['state'], BadgeTone>;

export const objectTones = {
  planned: 'neutral',
  uploading: 'info',
  stopped: 'warning',
  stored: 'success',
  referenced: 'info',
  received: 'success',
  replaced: 'neutral',
} as const satisfies Record<TransferObject['state'] | 'stopped', BadgeTone>;

export const folderTones = {
  scanning: 'info',
  idle: 'success',
  sending: 'info',
  waiting: 'warning',
  paused: 'neutral',
  attention: 'warning',
  missing: 'error',
} as const satisfies Record<Folder['state'], BadgeTone>;

export const watchedTones = {
  settling: 'neutral',
  reading: 'info',
  sending: 'info',
  waiting: 'warning',
  held: 'warning',
  done: 'success',
  unreadable: 'error',
  ignored: 'neutral',
} as const satisfies Record<WatchedFile['state'], BadgeTone>;

export const flowTones = { ready: 'success', waiting: 'warning', blocked: 'error' } as const satisfies Record<
  ConnectionFlow['state'],
  BadgeTone
>;
