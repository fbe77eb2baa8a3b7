/** What becomes of a file when all its rows are confirmed: it is moved or deleted, if it is still what was sent. */
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, rename, unlink } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, relative } from 'node:path';
import type { CommandOutput } from '../../../shared/contract/contract.ts';
import { stampOf } from '../discover/file-stamp.ts';
import { failure } from '../errors.ts';
import type { Destination } from '../pipeline-parts.ts';
import { ask } from '../send/ask.ts';
import { encodeSegment } from '../send/route.ts';
import { signRequest } from '../sign/sign-request.ts';
import type { FolderRun } from './folder-run.ts';
import type { TrackedFile } from './tracked-file.ts';

const firstAskMs = 1_000;
const longestAskMs = 60_000;
const listedFiles = 500;

type Action = CommandOutput<'folders.afterPlan'>['files'][number];

export class AfterUploads {
  private readonly open = new Map<TrackedFile, Promise<void>>();
  private again = new AbortController();

  constructor(
    private readonly run: FolderRun,
    private readonly destination: () => Destination,
  ) {}

  get isAtRest(): boolean {
    return this.open.size === 0;
  }

  /** A file that was sent before and still lies there although it should not. */
  isOpen(file: TrackedFile): boolean {
    return this.run.settings.after.kind !== 'keep' && !this.open.has(file) && file.transferId !== undefined;
  }

  /** All its rows are settled. */
  add(file: TrackedFile): void {
    if (this.run.settings.after.kind === 'keep' || this.open.has(file)) return;
    const doing = this.putAway(file)
      .catch(this.run.parts.onBug)
      .finally(() => {
        this.open.delete(file);
        this.run.changed();
      });
    this.open.set(file, doing);
  }

  retry(): void {
    const { again } = this;
    this.again = new AbortController();
    again.abort();
  }

  private async putAway(file: TrackedFile): Promise<void> {
    const { clock, journal } = this.run.parts;
    for (let failures = 0; !this.run.signal.aborted; failures += 1) {
      const record = journal.version(this.fileIdOf(file));
      if (record.ledger.rowsRejected > 0 && this.run.settings.after.kind === 'delete') {
        // The rejected rows stand only there in the form in which they can be mended.
        return;
      }
      const reason = (await this.isReceived(file)) ? await this.act(file, record.stamp) : 'not-received';
      if (reason === undefined || reason === 'changed') return;
      if (reason !== 'not-received') {
        file.reason = failure('after-upload-failed', `${file.path} was sent and cannot be moved or deleted (${reason})`, {
          path: file.path,
          cause: reason,
        });
        this.run.fileChanged(file);
      }
      const pauseMs = Math.min(longestAskMs, firstAskMs * 2 ** Math.min(failures, 10));
      await clock.sleep(pauseMs, AbortSignal.any([this.run.signal, this.again.signal]));
    }
  }

  private fileIdOf(file: TrackedFile): string {
    const [sent] = this.run.parts.journal.filesOf(file.transferId ?? '');
    return sent?.id ?? file.fileId;
  }

  /** By the batch route a file counts as confirmed when the service says of each of its requests that it has received it. */
  private async isReceived(file: TrackedFile): Promise<boolean> {
    if (this.run.settings.route !== 'batch') return true;
    const { journal, credentials } = this.run.parts;
    const { endpoint, connectionId, lane } = this.destination();
    const secrets = await credentials.get(connectionId);
    if (secrets === undefined) return false;
    for (const name of journal.sentBatches(this.fileIdOf(file))) {
      const question = { api: 'batch' as const, method: 'GET' as const, path: `/batch/status/${encodeSegment(name)}`, skewMs: lane.skewMs };
      const answer = await ask(endpoint, secrets, { ...question, signal: this.run.signal }, { ...this.run.parts, sign: signRequest });
      if (answer.kind !== 'answered' || answer.status !== 200) return false;
    }
    return true;
  }

  /** Undefined: done. `changed`: it is no longer what was sent, and stays. Anything else: why it could not be done. */
  private async act(file: TrackedFile, sentStamp: string): Promise<string | undefined> {
    const path = this.run.absolute(file.path);
    try {
      if ((await stampOf(path)).stamp !== sentStamp) return 'changed';
      const { after } = this.run.settings;
      if (after.kind === 'delete') await unlink(path);
      else if (after.kind === 'move') await moveFile(path, await this.placeFor(file, after.to));
      this.run.index.forget(file);
      this.run.parts.logger.info('a file was sent and put away', { path, action: after.kind });
      return undefined;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      return code === 'file-missing' || code === 'ENOENT' ? undefined : code;
    }
  }

  /** A free name: what is there is never overwritten. */
  private async placeFor(file: TrackedFile, to: string): Promise<string> {
    const target = join(isAbsolute(to) ? to : join(this.run.root, to), file.path);
    await mkdir(dirname(target), { recursive: true });
    return freeName(target);
  }

  async plan(): Promise<CommandOutput<'folders.afterPlan'>> {
    const { after } = this.run.settings;
    const files: Action[] = [];
    let more = 0;
    for (const file of this.run.index.files()) {
      if (file.isGone) continue;
      if (files.length >= listedFiles) {
        more += 1;
        continue;
      }
      files.push(await this.planOne(file, after));
    }
    return { files, more };
  }

  private async planOne(file: TrackedFile, after: FolderRun['settings']['after']): Promise<Action> {
    const keep = (reason: string): Action => ({ path: file.path, action: 'keep', reason });
    if (after.kind === 'keep') return keep('the folder keeps its files');
    if (file.state !== 'done') return keep(`it is not done (${file.reason?.code ?? file.state})`);
    if (file.transferId === undefined) return keep('nothing of it was sent');
    if (after.kind === 'delete' && file.ledger.rowsRejected > 0) return keep('it holds rejected rows');
    if (!(await this.isReceived(file))) return keep('the service has not said yet that it has received it');
    if (after.kind === 'delete') return { path: file.path, action: 'delete', reason: 'all its rows are confirmed' };
    const target = join(isAbsolute(after.to) ? after.to : join(this.run.root, after.to), file.path);
    const to = freeName(target);
    return { path: file.path, action: 'move', to: relative(this.run.root, to), reason: 'all its rows are confirmed' };
  }

  async dispose(): Promise<void> {
    await Promise.all(this.open.values());
  }
}

function freeName(path: string): string {
  if (!existsSync(path)) return path;
  const end = extname(path);
  const stem = path.slice(0, path.length - end.length);
  for (let number = 1; ; number += 1) {
    const name = `${stem} (${String(number)})${end}`;
    if (!existsSync(name)) return name;
  }
}

async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    // Another disk: a copy first, and the original goes only when it is complete.
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
    await unlink(from);
  }
}
