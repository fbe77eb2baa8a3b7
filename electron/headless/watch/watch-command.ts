import { stat } from 'node:fs/promises';
import type { Connection } from '../../../shared/contract/connections.ts';
import type { Failure } from '../../../shared/contract/common.ts';
import type { Folder, FolderInput } from '../../../shared/contract/folders.ts';
import { UploaderError } from '../../engine/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import type { CliContext, EngineSession } from '../cli-context.ts';
import { findConnection } from '../destination.ts';
import type { ExitCode } from '../exit-codes.ts';
import { namedMapping, readMappingFile } from '../upload/mapping-file.ts';
import { environmentConnection, rejectsPathsOf, requireSecrets } from '../upload/upload-command.ts';
import { createFolderTally, type FolderTally } from './folder-tally.ts';
import { createJsonWatchReporter } from './json-watch-reporter.ts';
import { createLineWatchReporter } from './line-watch-reporter.ts';
import { createTerminalWatchReporter } from './terminal-watch-reporter.ts';
import { watchUntilEnd } from './watch-until-end.ts';
import { folderInputOf, watchedFolderId, type WatchOptions } from './watch-options.ts';
import { exitCodeOfWatch, filesIn, type WatchOutcome } from './watch-outcome.ts';
import { connectionStateKey, createChange, createRiskNews, type WatchReporter } from './watch-reporter.ts';

/** `watch`: from the arguments to the exit code. Expected failures are thrown as `UploaderError`. */
export async function runWatch(options: WatchOptions, context: CliContext): Promise<ExitCode> {
  const startedAt = context.monotonic();
  const ofFile = options.mappingFile === undefined ? undefined : await readMappingFile(options.mappingFile);
  const secrets = options.destination.kind === 'environment' && !options.dryRun ? requireSecrets(context) : undefined;
  const session = await context.openEngine({ dataDir: options.dataDir, secrets: 'saved', watch: 'asked', tellsStatus: !options.dryRun });
  const { engine } = session;
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await session.close();
  };
  try {
    const named = namedMapping(engine, options);
    const mapping = named?.mapping ?? ofFile;
    const saved =
      options.destination.kind === 'saved' ? findConnection(engine.listConnections(), options.destination.connection) : undefined;
    if (options.dryRun) {
      const { reportWatchDryRun } = await import('./watch-dry-run.ts');
      return await reportWatchDryRun(engine, options, mapping, saved, context);
    }
    const connection = saved ?? (await environmentConnection(engine, options, secrets, options.objectStore));
    return await watchFolder(
      session,
      options,
      connection,
      folderInputOf(options, connection.id, ofFile, named?.ref.id),
      context,
      startedAt,
      close,
    );
  } finally {
    await close();
  }
}

async function watchFolder(
  { engine, clock }: EngineSession,
  options: WatchOptions,
  connection: Connection,
  input: FolderInput,
  context: CliContext,
  startedAt: number,
  close: () => Promise<void>,
): Promise<ExitCode> {
  const { interruption } = context;
  const id = watchedFolderId(options.settings, connection.id);
  const before = engine.listFolders().find((folder) => folder.id === id);
  // A folder that was there before may be on a drive that comes later; one that never was is a mistake.
  if (before === undefined || options.once) await requireFolder(options.folder);
  const tally = createFolderTally({ folderId: id, before });
  const reporter = createWatchReporter(options, context);
  const subscription = follow(engine, { id, connection, before }, tally, reporter);
  let blockedBy: Failure | undefined;
  let rest: Pick<WatchOutcome, 'held' | 'unreadable' | 'rejectsPaths'>;
  let wasInterrupted: boolean;
  try {
    for (const notice of engine.notices) reporter.noticed(notice);
    reporter.folder(await engine.addFolder(input, { id }));
    blockedBy = await watchUntilEnd(engine, clock, { folderId: id, connectionId: connection.id, once: options.once, interruption });
    wasInterrupted = interruption.aborted;
    const transfers = tally.rejectedIn.flatMap((transferId) => engine.transfer(transferId) ?? []);
    // Events come some times a second at the most: what they have not told yet is asked for.
    for (const folder of engine.listFolders()) tally.take({ kind: 'folder', folder });
    rest = {
      held: filesIn(engine, id, 'held'),
      unreadable: filesIn(engine, id, 'unreadable'),
      rejectsPaths: await rejectsPathsOf(engine, transfers),
    };
    // What is told while it ends counts as well: the answers to the requests under way.
    await close();
  } finally {
    await subscription.dispose();
  }
  const outcome: WatchOutcome = {
    ...rest,
    folder: tally.folder,
    summary: tally.summary((context.monotonic() - startedAt) / 1_000),
    ledger: tally.ledger(),
    blockedBy,
    atRisk: tally.folder === undefined ? [] : createRiskNews(before?.atRisk ?? [])(tally.folder),
    interrupted: wasInterrupted,
  };
  reporter.ended(outcome);
  return exitCodeOfWatch(outcome);
}

/** Passes on what the engine says of this folder and its connection. */
function follow(
  engine: Engine,
  { id, connection, before }: { readonly id: string; readonly connection: Connection; readonly before: Folder | undefined },
  tally: FolderTally,
  reporter: WatchReporter,
): ReturnType<Engine['subscribe']> {
  const risksOf = createRiskNews(before?.atRisk ?? []);
  const isOtherWay = createChange();
  // That it is ready is what everybody expects.
  isOtherWay(connectionStateKey({ connectionId: connection.id, state: 'ready', paused: false, skewMs: 0 }));
  return engine.subscribe((event) => {
    tally.take(event);
    if (event.kind === 'folder' && event.folder.id === id) {
      reporter.folder(event.folder);
      for (const risk of risksOf(event.folder)) reporter.atRisk(risk);
    } else if (event.kind === 'watched-file' && event.folderId === id) {
      reporter.file(event.file);
    } else if (event.kind === 'notice') {
      reporter.noticed(event.notice);
    } else if (event.kind === 'flow') {
      const flow = event.flow.connections.find(({ connectionId }) => connectionId === connection.id);
      if (flow !== undefined && isOtherWay(connectionStateKey(flow))) reporter.connection(flow);
    }
  });
}

export function createWatchReporter({ json, settings }: WatchOptions, { output, monotonic }: CliContext): WatchReporter {
  if (json) return createJsonWatchReporter(output, monotonic);
  if (output.terminal) return createTerminalWatchReporter(output.terminal, monotonic, settings.mode);
  return createLineWatchReporter(output, monotonic, settings.mode);
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  const message = found === undefined ? `there is no folder ${folder}` : `${folder} is a file; name the folder it is in`;
  throw new UploaderError(found === undefined ? 'folder-missing' : 'input-invalid', message, { path: folder });
}
