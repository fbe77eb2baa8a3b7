/** The embedded sandbox: a loopback server that speaks the whole API of Fineo (fineo-api.md) and keeps what it gets in SQLite. */
import { createServer, type Server } from 'node:http';
import type { z } from 'zod';
import type { Secrets } from '../../shared/contract/connections.ts';
import type { Fault, sandboxErrorSchema, sandboxRowsSchema, sandboxTableSchema } from '../../shared/contract/sandbox.ts';
import { createBodyReader } from './body-reader.ts';
import { lockFolder, openDatabase } from './database.ts';
import { createEventQueries, type Page } from './event-queries.ts';
import { createEventStore } from './event-store.ts';
import { createFaultInjector } from './faults.ts';
import { loadIdentity, saveIdentity } from './identity.ts';
import { createTokenBucket, defaultLimits, type SandboxLimits } from './limits.ts';
import { createObjectJobs } from './object-jobs.ts';
import { createObjectStorage, type ObjectStorageAccess } from './object-storage.ts';
import { stage } from './operations.ts';
import { handleRequest, type FlowContext } from './request-flow.ts';
import { region, type SandboxCredentials } from './request-gate.ts';
import { createRequestStats } from './request-stats.ts';
import { SandboxError } from './sandbox-error.ts';
import type { SandboxStats } from './schemas.ts';
import { loadPatternSupport } from './timestamps.ts';

const host = '127.0.0.1';
const maxBodyBytesHeld = 64_000_000;
const maxConnections = 512;

export interface SandboxOptions {
  /** Database, port and credentials live here; created when missing. One sandbox at a time. */
  readonly dataDir: string;
  /** 0 or absent: the port of the last time when it is free, else any free one. */
  readonly port?: number;
  readonly limits?: Partial<SandboxLimits>;
  /** Where `s3://` paths are read from; absent: such requests are refused. */
  readonly s3?: ObjectStorageAccess;
  /** Milliseconds since the epoch; default `Date.now`. Signatures are checked against it, and `Date` says it. */
  readonly clockNow?: () => number;
  /** Metric types come into being with their first event; otherwise events of unknown ones are malformed. Default true. */
  readonly autoCreateMetrics?: boolean;
  /** How long after a batch was stored its status is still 404. Default 0. */
  readonly batchStatusDelayMs?: number;
  /** Known besides the generated key pair: temporary credentials, devices. */
  readonly moreCredentials?: readonly SandboxCredentials[];
  /** Told of failures that are no fault of a request, such as a full disk. */
  readonly onFailure?: (error: unknown) => void;
}

export interface SandboxAccess {
  /** `http://127.0.0.1:<port>` */
  readonly root: string;
  readonly stage: string;
  readonly region: string;
  readonly secrets: Secrets;
}

export interface SandboxCounts {
  readonly rows: number;
  readonly errors: number;
  /** Since the start, those to `/sandbox/` left out. */
  readonly requests: number;
  readonly faults: readonly Fault[];
}

export interface Sandbox {
  readonly access: SandboxAccess;
  readonly status: () => SandboxCounts;
  readonly tables: () => z.infer<typeof sandboxTableSchema>[];
  /** Throws `SandboxError` with `not-found` when there is no such table. */
  readonly rows: (query: Page & { readonly table: string }) => z.infer<typeof sandboxRowsSchema>;
  readonly errors: (query: Page) => { errors: z.infer<typeof sandboxErrorSchema>[]; total: number };
  readonly setFaults: (faults: readonly Fault[]) => void;
  readonly stats: () => SandboxStats;
  /** Resolves when no object in S3 is left to be read. */
  readonly objectsRead: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });

const isPortTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');

/** A port that was asked for has to be had; the one of the last time only if it is free. */
const listenSomewhere = async (server: Server, wanted: number, remembered: number): Promise<number> => {
  if (wanted !== 0) return listen(server, wanted);
  try {
    return await listen(server, remembered);
  } catch (error) {
    if (!isPortTaken(error) || remembered === 0) throw error;
    return listen(server, 0);
  }
};

/** Time to wait that ends when the sandbox closes. */
const createWaiting = (): { wait(delayMs: number): Promise<void>; end(): void; readonly hasEnded: boolean } => {
  const pending = new Map<NodeJS.Timeout, () => void>();
  let hasEnded = false;
  return {
    get hasEnded() {
      return hasEnded;
    },
    wait: (delayMs) =>
      new Promise((resolve) => {
        if (hasEnded) {
          resolve();
          return;
        }
        const timer = setTimeout(() => {
          pending.delete(timer);
          resolve();
        }, delayMs);
        pending.set(timer, resolve);
      }),
    end() {
      hasEnded = true;
      for (const [timer, resolve] of pending) {
        clearTimeout(timer);
        resolve();
      }
      pending.clear();
    },
  };
};

const openData = (dataDir: string): { database: ReturnType<typeof openDatabase>; lock: ReturnType<typeof lockFolder> } => {
  const lock = lockFolder(dataDir);
  try {
    return { database: openDatabase(dataDir), lock };
  } catch (error) {
    lock.release();
    if (error instanceof SandboxError) throw error;
    throw new SandboxError('sandbox-failed', `the data of the sandbox cannot be opened: ${messageOf(error)}`, error);
  }
};

/** Starts it. Rejects with `SandboxError` when the port is taken or the data cannot be opened. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clockNow = Date.now, autoCreateMetrics = true, batchStatusDelayMs = 0 } = options;
  const onFailure = options.onFailure ?? ((error: unknown) => process.emitWarning(error instanceof Error ? error : String(error)));
  const limits: SandboxLimits = { ...defaultLimits, ...options.limits };
  const { database, lock } = openData(options.dataDir);
  const identity = loadIdentity(options.dataDir);
  const store = createEventStore(database);
  const { tenant, all } = store.catalogue;
  if ([tenant, ...all()].some(({ timestampPatterns }) => timestampPatterns.length > 0)) await loadPatternSupport();
  const queries = createEventQueries(database, () => store.catalogue);
  const faults = createFaultInjector();
  const requestStats = createRequestStats();
  const waiting = createWaiting();
  const storage = options.s3 ? createObjectStorage(options.s3, clockNow) : undefined;
  const objects = createObjectJobs(store, storage, { autoCreateMetrics, clockNow, onFailure });
  const bucket = createTokenBucket(limits);
  const { apiKey, accessKeyId, secretAccessKey } = identity;
  const credentials: readonly SandboxCredentials[] = [{ accessKeyId, secretAccessKey }, ...(options.moreCredentials ?? [])];
  const stats = (): SandboxStats => ({
    ...store.counts(),
    requests: requestStats.requests(),
    operations: requestStats.operations(),
    maxWritesPerSecond: requestStats.maxWritesPerSecond(),
  });
  let root = '';
  const shared = { store, limits, autoCreateMetrics, queries, faults, objects, stats, batchStatusDelayMs, clear: () => store.clear() };
  const context: FlowContext = {
    gate: {
      apiKey,
      credentials: new Map(credentials.map((known) => [known.accessKeyId, known])),
      takeToken: () => bucket.take(performance.now()),
    },
    bodies: createBodyReader(limits.maxRequestBytes, maxBodyBytesHeld),
    faults,
    stats: requestStats,
    clockNow,
    monotonicNow: () => performance.now(),
    root: () => root,
    operations: (nowMs) => ({ ...shared, nowMs }),
    wait: (delayMs) => waiting.wait(delayMs),
    isClosing: () => waiting.hasEnded,
    onFailure,
  };

  const underWay = new Set<Promise<void>>();
  const server = createServer({ keepAlive: true, keepAliveTimeout: 75_000, requestTimeout: 120_000 }, (request, response) => {
    const work = handleRequest(context, request, response)
      .catch(onFailure)
      .finally(() => underWay.delete(work));
    underWay.add(work);
  });
  server.maxConnections = maxConnections;

  const closeAll = async (): Promise<void> => {
    waiting.end();
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeAllConnections();
    await Promise.all([closed, ...underWay, objects.close()]);
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    lock.release();
  };

  try {
    const port = await listenSomewhere(server, options.port ?? 0, identity.port);
    root = `http://${host}:${port}`;
    saveIdentity(options.dataDir, { ...identity, port });
  } catch (error) {
    await closeAll();
    throw new SandboxError('sandbox-failed', messageOf(error), error);
  }

  let closing: Promise<void> | undefined;
  return {
    access: { root, stage, region, secrets: { apiKey, accessKeyId, secretAccessKey } },
    status: () => ({ ...store.counts(), requests: requestStats.requests(), faults: faults.active() }),
    tables: () => queries.tables(),
    rows({ table, offset, limit }) {
      const found = queries.rows(table, { offset, limit });
      if (!found) throw new SandboxError('not-found', `there is no table ${JSON.stringify(table)}`);
      return { ...found, rows: found.rows.map(({ metricType, timestamp, fields }) => ({ metricType, timestamp, fields })) };
    },
    errors: (page) => queries.errors(page),
    setFaults: (wanted) => faults.set(wanted),
    stats,
    objectsRead: () => objects.idle(),
    close: () => (closing ??= closeAll()),
  };
}
