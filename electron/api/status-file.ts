import type { Folder, WatchedFile, WatchedState } from '../../shared/contract/folders.ts';
import type { Flow } from '../../shared/contract/flow.ts';
import type { Engine, EngineEvent } from '../engine/engine.ts';
import type { Clock, Disposable, Logger } from '../engine/ports.ts';
import { writeAtomically } from './atomic-write.ts';
import { statusFileOf, type StatusReport } from './status-report.ts';

export interface StatusFileOptions {
  readonly engine: Pick<Engine, 'subscribe' | 'listFolders' | 'folderFiles' | 'flow'>;
  readonly dataDir: string;
  readonly pid: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps `status.json` up to date. */
export interface StatusFile extends Disposable {
  /** Writes it a last time, as an end in order. To be called when the engine has ended: what it told at its end is in there. */
  dispose(): Promise<void>;
}

/** Milliseconds between two writings at least. */
const everyMs = 1_000;
const maxFiles = 1_000;
const pageSize = 500;
/** Those that need somebody come first. */
const open: readonly WatchedState[] = ['held', 'unreadable', 'waiting', 'sending', 'reading', 'settling'];

/** Writes the file at once and then whenever something has changed, at most once a second. A disk that is full is logged. */
export function createStatusFile({ engine, dataDir, pid, clock, logger }: StatusFileOptions): StatusFile {
  const startedAt = clock.now();
  const ending = new AbortController();
  const folders = new Map<string, { folder: Folder; files: readonly WatchedFile[] }>();
  /** What the engine said of files since they were asked for: after its end it cannot be asked any more. */
  const news = new Map<string, Map<string, WatchedFile>>();
  let flow: Flow = engine.flow();
  let written = '';
  let isDirty = true;
  let writing: Promise<void> | undefined;

  const take = (event: EngineEvent): void => {
    if (event.kind === 'folder') folders.set(event.folder.id, { folder: event.folder, files: folders.get(event.folder.id)?.files ?? [] });
    else if (event.kind === 'folder-removed') folders.delete(event.id);
    else if (event.kind === 'flow') flow = event.flow;
    else if (event.kind === 'watched-file') {
      const files = news.get(event.folderId) ?? new Map<string, WatchedFile>();
      news.set(event.folderId, files.set(event.file.id, event.file));
    } else return;
    isDirty = true;
    writing ??= writeSoon();
  };

  const ask = (): void => {
    const asked = engine.listFolders().map((folder) => ({ folder, files: openFiles(engine, folder) }));
    flow = engine.flow();
    news.clear();
    folders.clear();
    for (const entry of asked) folders.set(entry.folder.id, entry);
  };

  const write = async (endedAt?: number): Promise<void> => {
    const entries = [...folders.values()].map(({ folder, files }) => ({ folder, files: [...files] }));
    const report: Omit<StatusReport, 'updatedAt'> = { version: 1, pid, startedAt, flow, folders: entries };
    const text = JSON.stringify(report);
    if (text === written && endedAt === undefined) return;
    const whole: StatusReport = { ...report, updatedAt: clock.now(), ...(endedAt === undefined ? {} : { endedAt }) };
    await writeAtomically(statusFileOf(dataDir), `${JSON.stringify(whole)}\n`);
    written = text;
  };

  /** What cannot be told is no reason to stop sending: the log says it. */
  const attempt = async (step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      logger.warn('the status cannot be written', { reason: error instanceof Error ? error.message : String(error) });
    }
  };

  const writeSoon = async (): Promise<void> => {
    // Not within the event: the engine is in the middle of something.
    await Promise.resolve();
    while (isDirty && !ending.signal.aborted) {
      isDirty = false;
      await attempt(async () => {
        ask();
        await write();
      });
      await clock.sleep(everyMs, ending.signal);
    }
    writing = undefined;
  };

  const subscription = engine.subscribe(take);
  writing = writeSoon();
  return {
    dispose: async () => {
      if (ending.signal.aborted) return;
      ending.abort();
      await writing;
      await subscription.dispose();
      for (const [id, files] of news) {
        const known = folders.get(id);
        if (known !== undefined) folders.set(id, { ...known, files: updated(known.files, files) });
      }
      await attempt(() => write(clock.now()));
    },
  };
}

function openFiles(engine: Pick<Engine, 'folderFiles'>, { id, counts }: Folder): readonly WatchedFile[] {
  const files: WatchedFile[] = [];
  for (const state of open) {
    for (let offset = 0; offset < counts[state] && files.length < maxFiles; offset += pageSize) {
      const page = engine.folderFiles({ folderId: id, state, offset, limit: Math.min(pageSize, maxFiles - files.length) }).files;
      files.push(...page);
      if (page.length === 0) break;
    }
  }
  return files;
}

function updated(files: readonly WatchedFile[], news: ReadonlyMap<string, WatchedFile>): readonly WatchedFile[] {
  const rest = files.filter(({ id }) => !news.has(id));
  return [...rest, ...news.values()].filter(({ state }) => open.includes(state)).slice(0, maxFiles);
}
