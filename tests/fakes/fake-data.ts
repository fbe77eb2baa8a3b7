/** Plausible states of the interface, made in memory, for screenshots and tests of the page. */
import type { Connection } from '../../shared/contract/connections.ts';
import type { CommandOutput } from '../../shared/contract/contract.ts';
import type { Inspection } from '../../shared/contract/files.ts';
import { mappingSchema, type Mapping } from '../../shared/contract/mapping.ts';
import { limitsSchema } from '../../shared/contract/connections.ts';
import type { Transfer, TransferBatch, TransferObject, TransferFile } from '../../shared/contract/transfers.ts';

/** A moment every fake is dated by. */
export const fakeNow = Date.UTC(2026, 2, 3, 14, 5, 0);

export const sandboxConnection: Connection = {
  id: 'sandbox',
  name: 'Sandbox',
  root: 'http://127.0.0.1:49152',
  stage: 'v1',
  region: 'us-east-1',
  limits: limitsSchema.parse({}),
  isSandbox: true,
  savedSecrets: { apiKey: true, keyPair: true, sessionToken: false },
};

export const productionConnection: Connection = {
  ...sandboxConnection,
  id: 'production',
  name: 'Production',
  root: 'https://api.fineo.io',
  isSandbox: false,
  savedSecrets: { apiKey: true, keyPair: true, sessionToken: true },
};

export const samples: CommandOutput<'files.samples'>['files'] = [
  {
    path: '/samples/seattle-weather.csv',
    name: 'seattle-weather.csv',
    description: 'Daily weather of Seattle, 2012 to 2015: temperature, rain, wind.',
    sizeBytes: 48_219,
  },
  {
    path: '/samples/flights-2k.ndjson',
    name: 'flights-2k.ndjson',
    description: 'Two thousand flights with delay and distance, one JSON object per line.',
    sizeBytes: 189_334,
  },
];

const weatherRow = (index: number): string[] => {
  const day = new Date(Date.UTC(2012, 0, 1 + index)).toISOString().slice(0, 10);
  const warm = 12 + 9 * Math.sin(index / 9);
  return [
    day,
    (Math.abs(Math.sin(index * 3)) * 12).toFixed(1),
    warm.toFixed(1),
    (warm - 6.2).toFixed(1),
    (2 + (index % 7) * 0.6).toFixed(1),
    ['sun', 'rain', 'fog', 'drizzle'][index % 4] ?? 'sun',
  ];
};
const weatherColumns = ['date', 'precipitation', 'temp_max', 'temp_min', 'wind', 'weather'];
const weatherRows = Array.from({ length: 100 }, (_, index) => weatherRow(index));

const missingIn = (mapping: Mapping, columns: readonly string[]): Inspection['missing'] => [
  ...(mapping.metricType.kind === 'column' && !columns.includes(mapping.metricType.column) ? (['metricType'] as const) : []),
  ...(columns.includes(mapping.timestamp.column) ? [] : (['timestamp'] as const)),
];

/** What an inspection of the weather sample says, under a mapping. */
export const weatherInspection = (path: string, asked: Mapping | undefined): Inspection => {
  const suggestion =
    asked ??
    mappingSchema.parse({
      metricType: { kind: 'constant', value: 'seattle-weather' },
      timestamp: { column: 'date', patterns: ['uuuu-MM-dd'] },
    });
  const value = suggestion.metricType.kind === 'constant' ? suggestion.metricType.value : 'sun';
  return {
    path,
    name: path.split('/').at(-1) ?? path,
    sizeBytes: 48_219,
    format: {
      kind: 'csv',
      gzip: false,
      delimiter: suggestion.format.delimiter ?? ',',
      quote: '"',
      header: true,
      encoding: 'utf-8',
      newline: 'lf',
    },
    findings: [
      { subject: 'delimiter', value: ',', confidence: 'high', code: 'delimiter-agrees', params: { columns: 6, rows: 20 } },
      { subject: 'metricType', value: 'seattle-weather', confidence: 'low', code: 'metric-file-name', params: {} },
    ],
    explanations: [
      'CSV with commas between the cells: every sampled line has 6 of them.',
      'The first line names the columns.',
      'Text is UTF-8; lines end with a line feed.',
      'The column date holds dates such as 2012-01-01.',
    ],
    columns: weatherColumns.map((name, at) => ({
      name,
      type: at === 0 ? 'timestamp' : at === 5 ? 'text' : 'number',
      examples: weatherRows.slice(0, 3).map((row) => row[at] ?? ''),
    })),
    rows: weatherRows,
    suggestion,
    timestampCandidates: [
      { column: 'date', patterns: ['uuuu-MM-dd', 'uuuu-dd-MM'], reason: 'All sampled values are dates like 2012-01-01.' },
    ],
    missing: missingIn(suggestion, weatherColumns),
    preview: weatherRows.slice(0, 20).map((row, at) =>
      at === 6
        ? { line: at + 2, reject: { code: 'timestamp-unparsable', message: 'no pattern fits', context: { column: 'date', line: at + 2 } } }
        : {
            line: at + 2,
            event: JSON.stringify({
              metrictype: value,
              timestamp: Date.UTC(2012, 0, 1 + at),
              precipitation: Number(row[1]),
              temp_max: Number(row[2]),
              temp_min: Number(row[3]),
              wind: Number(row[4]),
              weather: row[5],
            }),
          },
    ),
  };
};

export const fakeFile = (change: Partial<TransferFile> = {}): TransferFile => ({
  id: 'file-1',
  path: '/data/plant-3/2026-03-03.csv',
  name: '2026-03-03.csv',
  sizeBytes: 84_200_000,
  state: 'done',
  ledger: { rowsRead: 1_204_311, rowsConfirmed: 1_204_311, rowsRejected: 0, rowsHeld: 0, possiblyRepeated: 0 },
  bytesRead: 84_200_000,
  rejects: [],
  ...change,
});

export const fakeTransfer = (change: Partial<Transfer> = {}): Transfer => {
  const files = change.files ?? [fakeFile()];
  const sum = (of: (file: TransferFile) => number) => files.reduce((total, file) => total + of(file), 0);
  return {
    id: 'transfer-1',
    connectionId: 'sandbox',
    connectionName: 'Sandbox',
    route: 'stream',
    state: 'done',
    startedAt: fakeNow,
    finishedAt: fakeNow + 74_000,
    files,
    moreFiles: 0,
    ledger: {
      rowsRead: sum(({ ledger }) => ledger.rowsRead),
      rowsConfirmed: sum(({ ledger }) => ledger.rowsConfirmed),
      rowsRejected: sum(({ ledger }) => ledger.rowsRejected),
      rowsHeld: sum(({ ledger }) => ledger.rowsHeld),
      possiblyRepeated: sum(({ ledger }) => ledger.possiblyRepeated),
    },
    bytesTotal: sum(({ sizeBytes }) => sizeBytes),
    bytesRead: sum(({ bytesRead }) => bytesRead),
    bytesSent: Math.round(sum(({ bytesRead }) => bytesRead) * 1.4),
    requests: 2_409,
    retries: 3,
    rowsPerSecond: 0,
    bytesPerSecond: 0,
    ...change,
  };
};

export const history: readonly Transfer[] = [
  fakeTransfer({
    id: 'transfer-4',
    state: 'attention',
    files: [
      fakeFile({
        id: 'f1',
        name: 'sensors-hall-a.csv',
        ledger: { rowsRead: 20_412, rowsConfirmed: 20_280, rowsRejected: 132, rowsHeld: 0, possiblyRepeated: 0 },
        rejects: [
          { code: 'timestamp-unparsable', rows: 120 },
          { code: 'ragged-row', rows: 12 },
        ],
        sizeBytes: 1_900_000,
        bytesRead: 1_900_000,
      }),
      fakeFile({
        id: 'f2',
        name: 'sensors-hall-b.xlsx',
        state: 'refused',
        failure: { code: 'file-is-spreadsheet', message: 'begins with PK', context: {} },
        ledger: { rowsRead: 0, rowsConfirmed: 0, rowsRejected: 0, rowsHeld: 0, possiblyRepeated: 0 },
        sizeBytes: 48_000,
        bytesRead: 0,
      }),
    ],
  }),
  fakeTransfer({
    id: 'transfer-3',
    connectionId: 'production',
    connectionName: 'Production',
    route: 'batch',
    state: 'held',
    startedAt: fakeNow - 3_600_000,
    finishedAt: fakeNow - 3_500_000,
    failure: {
      code: 'credentials-refused',
      message: 'the signature does not match',
      context: { status: 403, requestId: '7f9c2b1e-33a0-4a52-8d1e-0f6a4b2c9d10' },
    },
    files: [
      fakeFile({
        id: 'f3',
        state: 'held',
        bytesRead: 41_000_000,
        ledger: { rowsRead: 602_000, rowsConfirmed: 540_000, rowsRejected: 0, rowsHeld: 62_000, possiblyRepeated: 0 },
        failure: { code: 'credentials-refused', message: 'the signature does not match', context: {} },
      }),
    ],
  }),
  fakeTransfer({ id: 'transfer-2', startedAt: fakeNow - 86_400_000, finishedAt: fakeNow - 86_326_000 }),
  fakeTransfer({
    id: 'transfer-1',
    state: 'cancelled',
    startedAt: fakeNow - 172_800_000,
    finishedAt: fakeNow - 172_700_000,
    files: [
      fakeFile({
        id: 'f5',
        name: 'turbine-vibration-2025.ndjson.gz',
        state: 'cancelled',
        bytesRead: 9_000_000,
        ledger: { rowsRead: 90_000, rowsConfirmed: 88_500, rowsRejected: 0, rowsHeld: 1_500, possiblyRepeated: 500 },
      }),
    ],
  }),
];

export const batches: readonly TransferBatch[] = Array.from({ length: 41 }, (_, index) => ({
  fileName: 'sensors-hall-a.csv',
  name: `sensors-hall-a-4c1d9f-${index * 500 + 1}-${(index + 1) * 500}`,
  firstRow: index * 500 + 1,
  lastRow: (index + 1) * 500,
  events: 500 - (index % 5),
  state: index === 7 ? ('split' as const) : ('confirmed' as const),
  attempts: index % 9 === 4 ? 2 : 1,
  bytes: 78_000 + index * 13,
  status: index === 7 ? 400 : 200,
  requestId: `7f9c2b1e-33a0-4a52-8d1e-0f6a4b2c${String(9000 + index)}`,
}));

const objectOf = (change: Partial<TransferObject> & Pick<TransferObject, 'state'>): TransferObject => ({
  ...{ fileId: 'f1', fileName: 'sensors-hall-a.csv', bucket: 'rows-of-plant', bytes: 6_291_456, attempts: 1, mayResume: false },
  parts: { planned: 1, finished: 1, inFlight: 0 },
  ...change,
});

/** A file in three objects, and one whose upload in parts has stopped. */
export const objects: readonly TransferObject[] = [
  ...([1, 2, 3] as const).map((piece) =>
    objectOf({
      piece,
      key: `plant-1/hall/sensors-hall-a-0a1b2c3d4e5f-0000${String(piece)}.csv.gz`,
      state: piece === 3 ? 'referenced' : 'received',
      refer: { attempts: 1, at: 1_764_000_000_000, status: 200, requestId: `7f9c2b1e-33a0-4a52-8d1e-0f6a4b2c900${String(piece)}` },
      ask: { attempts: piece, at: 1_764_000_060_000, status: piece === 3 ? 404 : 200 },
    }),
  ),
  objectOf({
    ...{ fileId: 'f2', fileName: 'turbine-vibration-2025.csv', key: 'plant-1/hall/turbine-vibration-2025-5f4e3d2c1b0a.csv.gz' },
    ...{ state: 'uploading', bytes: 73_400_320, attempts: 19, mayResume: true },
    uploadId: 'OTk0ZTU1YjctYjA0Mi00ZmE1LTk3NmItNWI3ODM0ZTkwNTY3',
    parts: { planned: 40, finished: 12, inFlight: 0 },
    failure: { code: 'server-unreachable', message: 'connect ECONNREFUSED', context: {} },
  }),
];

export const rejects: CommandOutput<'rejects.list'> = {
  total: 132,
  paths: ['/data/rejects/transfer-4/sensors-hall-a.csv'],
  rejects: Array.from({ length: 100 }, (_, index) => ({
    fileName: 'sensors-hall-a.csv',
    line: 12 + index * 7,
    column: index % 11 === 3 ? '' : 'time',
    code: index % 11 === 3 ? ('ragged-row' as const) : ('timestamp-unparsable' as const),
    reason: index % 11 === 3 ? '7 cells instead of 6' : '"31.02.2026 10:00" fits no pattern',
    source: `31.02.2026 10:${String(index % 60).padStart(2, '0')},hall-a,${(20 + index / 10).toFixed(1)},ok`,
  })),
};

export const openRejects: CommandOutput<'rejects.open'> = {
  total: rejects.total,
  files: [{ fileId: 'f1', path: '/data/rejects/transfer-4/sensors-hall-a.csv', header: 'time,hall,temperature,state' }],
  replays: [],
  rejects: rejects.rejects.map((row, at) => ({ ...row, fileId: 'f1', at, digest: `digest-${String(at)}`, isCut: false })),
};
