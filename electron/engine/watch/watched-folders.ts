/** The watched folders: which there are, and the one run of each. */
import { randomBytes } from 'node:crypto';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import type { CommandOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import type { Folder, FolderPreview, WatchedState } from '../../../shared/contract/folders.ts';
import { collectGarbage } from '../collect-garbage.ts';
import { compileGlobs } from '../discover/file-globs.ts';
import { objectTargetOf } from '../object-key.ts';
import { UploaderError } from '../errors.ts';
import type { FolderSettings, StoredFolder } from '../record/folder-store.ts';
import type { FileRecord } from '../record/file-record.ts';
import { FolderRun } from './folder-run.ts';
import type { FolderRunParts } from './folder-run-parts.ts';
import { folderStatus } from './folder-status.ts';
import { FileIndex } from './file-index.ts';
import type { Traffic } from './traffic.ts';

/** How often it is asked whether a folder is settled. */
const settledEveryMs = 25;

export class WatchedFolders {
  private readonly runs = new Map<string, FolderRun>();
  private readonly sums = new Map<string, { readonly index: FileIndex; readonly traffic: Traffic }>();
  private previewing = new AbortController();

  constructor(private readonly parts: FolderRunParts) {}

  /** Starts all that are known. */
  startAll(): void {
    for (const stored of this.parts.store.list()) this.begin(stored);
  }

  /** Those that run. */
  running(): readonly Folder[] {
    return [...this.runs.values()].map((run) => run.lastStatus);
  }

  list(): readonly Folder[] {
    return this.parts.store.list().map((stored) => this.statusOf(stored));
  }

  async add(input: ParsedInput<'folders.add'>, id: string | undefined): Promise<Folder> {
    const settings = this.checked({ ...input, id: id ?? `f${randomBytes(6).toString('hex')}` });
    const other = this.parts.store.list().find((stored) => stored.settings.id !== settings.id && isSame(stored.settings, settings));
    if (other !== undefined) {
      throw new UploaderError('folder-taken', `${settings.path} is watched already for this connection`, { path: settings.path });
    }
    const known = this.parts.store.get(settings.id)?.settings.mapping;
    await this.stop(settings.id);
    const isOpen = settings.mapping === undefined && settings.mappingId === undefined;
    this.parts.store.put(isOpen && known !== undefined ? { ...settings, mapping: known } : settings, this.now());
    return this.started(settings.id);
  }

  async update(input: ParsedInput<'folders.update'>): Promise<Folder> {
    this.known(input.id);
    const settings = this.checked(input);
    await this.stop(input.id);
    this.parts.store.put(settings, this.now());
    return this.started(input.id);
  }

  async remove(id: string): Promise<void> {
    this.known(id);
    await this.stop(id);
    this.parts.store.remove(id);
    this.parts.emit({ kind: 'folder-removed', id });
  }

  /** A newer question takes the place of one that is under way. Undefined: this was such a one. */
  async preview(input: ParsedInput<'folders.preview'>): Promise<FolderPreview> {
    this.previewing.abort();
    this.previewing = new AbortController();
    const { signal } = this.previewing;
    const found = await this.parts.scanner.preview({ ...input, path: resolve(input.path), signal });
    return found ?? { matched: 0, ignored: 0, bytes: 0, truncated: true, network: false, samples: [] };
  }

  files(query: ParsedInput<'folders.files'>): CommandOutput<'folders.files'> {
    const { index } = this.runOf(query.folderId);
    const search = query.search?.toLowerCase() ?? '';
    const files: CommandOutput<'folders.files'>['files'] = [];
    let total = 0;
    const isAskedFor = (path: string, state: WatchedState): boolean =>
      (query.state === undefined || query.state === state) && (search === '' || path.toLowerCase().includes(search));
    const take = (path: string): void => {
      const file = total >= query.offset && files.length < query.limit ? index.peek(path) : undefined;
      if (file !== undefined) files.push(file.toWatchedFile());
      total += 1;
    };
    for (const { path, state } of index.files()) if (isAskedFor(path, state)) take(path);
    for (const path of index.restingPaths()) if (isAskedFor(path, 'done')) take(path);
    return { files, total };
  }

  decide(input: ParsedInput<'folders.decide'>): void {
    this.runOf(input.folderId).decide(input);
  }

  /** A file goes on that is held for its rejects; false where no folder that runs holds it. */
  letGoOn({ folderId, path }: Pick<FileRecord, 'folderId' | 'path'>): boolean {
    const run = folderId === undefined ? undefined : this.runs.get(folderId);
    if (folderId === undefined || run === undefined) return false;
    const fileId = relative(run.root, path).split(sep).join('/');
    if (run.index.at(fileId)?.reason?.code !== 'too-many-rejects') return false;
    run.decide({ folderId, fileId, decision: 'send' });
    return true;
  }

  rescan(id: string): void {
    this.runOf(id).rescan();
  }

  async afterPlan(id: string): Promise<CommandOutput<'folders.afterPlan'>> {
    return this.runOf(id).afterPlan();
  }

  dismissRisk(id: string, riskId: number): void {
    this.runOf(id).dismissRisk(riskId);
  }

  /** Resolves when everything that is there is dealt with, or `signal` aborts. */
  async settled(id: string, signal: AbortSignal): Promise<Folder> {
    const run = this.runOf(id);
    let quiet = 0;
    // Twice in a row: between two steps of one file nothing moves for a moment.
    while (quiet < 3 && !signal.aborted && !run.signal.aborted) {
      quiet = run.isSettled ? quiet + 1 : 0;
      await this.parts.clock.sleep(settledEveryMs, signal);
    }
    return run.status();
  }

  /** Folders whose rows go by a named mapping. */
  usersOf(mappingId: string): readonly Pick<Folder, 'id' | 'name'>[] {
    return this.parts.store
      .list()
      .flatMap(({ settings: { id, name, path, mappingId: used } }) => (used === mappingId ? [{ id, name: name ?? basename(path) }] : []));
  }

  /** It has a newer version, or another name: what is read from now on goes by it, as when the settings of a folder change. */
  async mappingChanged(mappingId: string): Promise<void> {
    for (const { id } of this.usersOf(mappingId)) {
      if (!this.runs.has(id)) continue;
      await this.stop(id);
      this.started(id);
    }
  }

  connectionsChanged(): void {
    for (const run of this.runs.values()) run.connectionChanged().catch(this.parts.onBug);
  }

  pausesChanged(): void {
    for (const run of this.runs.values()) run.pauseChanged();
  }

  retry(): void {
    for (const run of this.runs.values()) run.retry();
  }

  async dispose(): Promise<void> {
    this.previewing.abort();
    await Promise.all([...this.runs.keys()].map((id) => this.stop(id)));
  }

  private now(): number {
    return this.parts.clock.now();
  }

  private checked(settings: FolderSettings): FolderSettings {
    compileGlobs(settings);
    const path = resolve(settings.path);
    const connection = this.parts.connection(settings.connectionId);
    if (connection === undefined) {
      throw new UploaderError('connection-unknown', `there is no connection ${settings.connectionId}`, {
        connectionId: settings.connectionId,
      });
    }
    if (settings.route === 's3') {
      if (settings.mode === 'rows') throw new UploaderError('input-invalid', 'by the S3 route whole files travel: mode files is needed');
      // Throws when there is no bucket.
      objectTargetOf(connection);
    }
    const { after } = settings;
    if (after.kind !== 'keep' && settings.mode === 'rows') {
      throw new UploaderError('folder-mode-keeps', 'files whose rows are followed stay where they are', { after: after.kind });
    }
    if (after.kind === 'move') {
      const to = isAbsolute(after.to) ? after.to : resolve(path, after.to);
      const below = relative(path, to);
      const isInside = !below.startsWith('..') && !isAbsolute(below);
      const example = `${below === '' ? '' : `${below.split('\\').join('/')}/`}example.csv`;
      if (isInside && (below === '' || (settings.recursive && isTakenThere(settings, example)))) {
        throw new UploaderError('folder-destination-inside', `${to} is inside the watched folder`, { path: to });
      }
    }
    if (settings.mappingId === undefined) return { ...settings, path };
    // Throws when there is none.
    this.parts.mappings.newest(settings.mappingId);
    return { ...settings, mapping: undefined, path };
  }

  private started(id: string): Folder {
    const stored = this.known(id);
    this.begin(stored);
    const folder = this.statusOf(stored);
    this.parts.emit({ kind: 'folder', folder });
    return folder;
  }

  private begin(stored: StoredFolder): void {
    // What it took to come so far; with many files the heap grows by far more before V8 does it by itself.
    if (this.runs.size === 0) collectGarbage();
    const run = new FolderRun(stored, this.parts);
    this.runs.set(stored.settings.id, run);
    this.sums.delete(stored.settings.id);
    run.start();
  }

  private async stop(id: string): Promise<void> {
    const run = this.runs.get(id);
    await run?.dispose();
    this.runs.delete(id);
  }

  private known(id: string): StoredFolder {
    const stored = this.parts.store.get(id);
    if (stored === undefined) throw new UploaderError('folder-unknown', `there is no watched folder ${id}`, { folderId: id });
    return stored;
  }

  private runOf(id: string): FolderRun {
    const run = this.runs.get(id);
    if (run === undefined) throw new UploaderError('folder-unknown', `the folder ${id} is not watched`, { folderId: id });
    return run;
  }

  /** What was sent of a folder that does not run: asked for once, for it stays as it is. */
  private sumsOf(id: string): { readonly index: FileIndex; readonly traffic: Traffic } {
    const known = this.sums.get(id);
    if (known !== undefined) return known;
    const index = new FileIndex();
    const { ledger, bytesRead } = this.parts.journal.folderLedger(id, 'all');
    index.addClosed(ledger, bytesRead);
    const sums = { index, traffic: this.parts.journal.folderTraffic(id) };
    this.sums.set(id, sums);
    return sums;
  }

  private statusOf(stored: StoredFolder): Folder {
    const run = this.runs.get(stored.settings.id);
    if (run !== undefined) return run.lastStatus;
    // Known, and not watched by this run.
    const { index, traffic } = this.sumsOf(stored.settings.id);
    const { mappingId } = stored.settings;
    const named = mappingId === undefined ? undefined : this.parts.mappings.newest(mappingId);
    return folderStatus({
      settings: named === undefined ? stored.settings : { ...stored.settings, namedMapping: { name: named.name, version: named.version } },
      sums: index.summary(),
      rates: { rowsPerSecond: 0, bytesPerSecond: 0 },
      traffic,
      atRisk: this.parts.store.risks(stored.settings.id),
      ...{ ignored: 0, lastActivityAt: undefined, isPaused: this.parts.isPaused(stored.settings), isScanning: false },
      ...{ trouble: undefined, blockedBy: undefined, lane: undefined, files: index },
      watcher: { kind: 'events', failure: undefined },
    });
  }
}

const isTakenThere = (settings: FolderSettings, path: string): boolean =>
  compileGlobs({ include: ['**/*'], exclude: settings.exclude })(path).taken;

const isSame = (a: FolderSettings, b: FolderSettings): boolean => a.path === b.path && a.connectionId === b.connectionId;
