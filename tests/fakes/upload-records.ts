/** Transfers, files and inspections as the engine tells them, with only what a test is about written out. */
import type { Inspection } from '../../shared/contract/files.ts';
import { mappingSchema } from '../../shared/contract/mapping.ts';
import type { Transfer, TransferFile } from '../../shared/contract/transfers.ts';
import { addLedgers, emptyLedger, type Ledger } from '../../shared/model/ledger.ts';

export const ledger = (change: Partial<Ledger>): Ledger => ({ ...emptyLedger, ...change });

export const transferFile = (name: string, change: Partial<TransferFile> = {}): TransferFile => ({
  ...{ id: name, path: `/files/${name}`, name, sizeBytes: 1_000, state: 'done', ledger: ledger({}), bytesRead: 1_000, rejects: [] },
  ...change,
});

export const transfer = (files: TransferFile[], change: Partial<Transfer> = {}): Transfer => ({
  ...{ id: 'transfer-1', connectionId: 'plant', connectionName: 'Plant', route: 'batch', state: 'done', startedAt: 0, files, moreFiles: 0 },
  ledger: files.map((file) => file.ledger).reduce<Ledger>(addLedgers, emptyLedger),
  bytesTotal: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  bytesRead: files.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
  ...{ bytesSent: 0, requests: 0, retries: 0, rowsPerSecond: 0, bytesPerSecond: 0 },
  ...change,
});

/** As of a CSV file with a column `date`, complete but for the metric type. */
export const inspection = (path: string, change: Partial<Inspection> = {}): Inspection => ({
  ...{
    path,
    name: path.replace(/^.*\//, ''),
    sizeBytes: 1_000,
    explanations: [],
    findings: [],
    rows: [],
    timestampCandidates: [],
    missing: ['metricType'],
  },
  format: { kind: 'csv', gzip: false, delimiter: ',', quote: '"', header: true, encoding: 'utf-8', newline: 'lf' },
  columns: ['date', 'wind'].map((name) => ({ name, type: 'text', examples: [] })),
  suggestion: mappingSchema.parse({ timestamp: { column: 'date', patterns: ['uuuu-MM-dd'] } }),
  preview: [],
  ...change,
});
