/** The engine itself, on a folder of its own, sending over real connections. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEngine, type Engine } from '../../electron/engine/index.ts';
import type { Clock, SecretVault } from '../../electron/engine/ports.ts';
import { createTransport } from '../../electron/engine/send/transport.ts';
import { systemClock } from '../../electron/engine/system-clock.ts';
import { createMemoryVault } from '../../electron/headless/run-vault.ts';
import type { Connection, Limits, Secrets } from '../../shared/contract/connections.ts';
import { mappingSchema, type MappingInput } from '../../shared/contract/mapping.ts';
import type { Route } from '../../shared/model/route.ts';
import type { Transfer } from '../../shared/contract/transfers.ts';
import { distDir } from './cli-process.ts';
import { recordedLogger, type RecordedLogger } from './recorded-logger.ts';

export interface EngineFolder {
  readonly path: string;
  at(name: string): string;
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
}

export function engineFolder(): EngineFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'engine-'));
  const at = (name: string): string => path.join(folder, name);
  return {
    path: folder,
    at,
    write: (name, content) => {
      writeFileSync(at(name), content);
      return at(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export interface RunningEngineOptions {
  readonly dataDir: string;
  readonly clock?: Clock;
  /** Keeps the secrets from one engine to the next on the same folder. */
  readonly vault?: SecretVault;
  readonly requestTimeoutMs?: number;
}

export interface UploadWishes {
  readonly route?: Route;
  readonly again?: boolean;
  readonly acceptRejects?: boolean;
  readonly mapping?: MappingInput;
}

export interface RunningEngine {
  readonly engine: Engine;
  readonly logger: RecordedLogger;
  readonly vault: SecretVault;
  connect(access: { readonly root: string; readonly secrets: Secrets }, limits?: Partial<Limits>, name?: string): Promise<Connection>;
  /** Starts it; rows go to the table `rows`. */
  start(connection: Connection, paths: readonly string[], wishes?: UploadWishes): Promise<string>;
  upload(connection: Connection, paths: readonly string[], wishes?: UploadWishes): Promise<Transfer>;
  close(): Promise<void>;
}

export async function runningEngine({
  dataDir,
  clock = systemClock,
  vault = createMemoryVault(),
  requestTimeoutMs,
}: RunningEngineOptions): Promise<RunningEngine> {
  const logger = recordedLogger();
  const engine = await createEngine(
    { dataDir, workersDir: distDir, ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }) },
    { vault, transport: createTransport(), clock, logger, random: Math.random },
  );
  const start = (
    connection: Connection,
    paths: readonly string[],
    { route = 'stream', again = false, acceptRejects = false, mapping = {} }: UploadWishes = {},
  ): Promise<string> => {
    const complete = mappingSchema.parse({ metricType: { kind: 'constant', value: 'rows' }, ...mapping });
    return engine.startUpload({
      connectionId: connection.id,
      route,
      again,
      acceptRejects,
      files: paths.map((file) => ({ path: file, mapping: complete })),
    });
  };
  return {
    engine,
    logger,
    vault,
    connect: ({ root, secrets }, limits = {}, name = 'test') =>
      engine.addConnection({ name, root, stage: 'v1', region: 'us-east-1', limits, secrets }),
    start,
    upload: async (connection, paths, wishes) => engine.finished(await start(connection, paths, wishes)),
    close: () => engine.dispose(),
  };
}
