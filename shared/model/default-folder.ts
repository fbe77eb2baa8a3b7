import type { FolderInput } from '../contract/folders.ts';

/** What `folderInputSchema` fills in, without the schema: the interface starts without it. */
export const defaultFolder: Omit<FolderInput, 'path' | 'connectionId'> = {
  mode: 'rows',
  route: 'stream',
  include: ['*.csv', '*.tsv', '*.txt', '*.log', '*.json', '*.ndjson', '*.jsonl'].flatMap((glob) => [glob, `${glob}.gz`]),
  exclude: [],
  recursive: true,
  existing: 'send',
  rewritten: 'changed',
  after: { kind: 'keep' },
  settleMs: 2_000,
  maxAgeMs: 200,
  watching: 'auto',
  pollMs: 5_000,
  maxRejects: 10_000,
};
