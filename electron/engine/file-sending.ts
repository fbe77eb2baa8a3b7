/** One file of a transfer: what it is to the journal, its way through the pipeline, and the state it ends in. */
import { existsSync } from 'node:fs';
import type { Failure } from '../../shared/contract/common.ts';
import type { FileState } from '../../shared/contract/transfers.ts';
import { refusalCodes, type ErrorCode, type HoldCode } from '../../shared/error-codes.ts';
import { stampOf } from './discover/file-stamp.ts';
import { UploaderError, failure } from './errors.ts';
import { holdsPlanned, judgeVersion } from './file-version.ts';
import type { Destination, PipelineParts } from './pipeline-parts.ts';
import { sendObject } from './object-sending.ts';
import { sendFile, type FileEnd } from './pipeline.ts';
import type { ReaderPool } from './reader-pool.ts';
import type { FileRecord } from './record/file-record.ts';
import { heldBeforeSending } from './reject-limit.ts';

/** The reason of the signal by which the end of the engine stops everything. */
export const engineStopped = 'engine-stopped';

export interface FileSendingParts extends PipelineParts {
  /** For looking at files; apart from those that read them, so that neither waits for the other. */
  readonly inspectors: () => ReaderPool;
  readonly onBug: (error: unknown) => void;
}

export interface FileSending {
  readonly destination: Destination;
  /** Send what was confirmed before once more. */
  readonly again: boolean;
  /** Send a file again as a whole whose sent part was rewritten; else it is held. */
  readonly mayReplace: boolean;
  readonly signal: AbortSignal;
  readonly onChange: () => void;
  /** The transfer belongs to a run that was killed. */
  readonly wasCutOff: (transferId: string) => boolean;
  readonly isRunning: (transferId: string) => boolean;
}

/** Returns why the others of the transfer cannot go on either, when that is so. */
export async function sendOne(record: FileRecord, sending: FileSending, parts: FileSendingParts): Promise<Failure | undefined> {
  const { journal } = parts;
  const { destination, again, signal, onChange } = sending;
  let file = record;
  try {
    if (!again && record.planned === undefined) {
      const verdict = await judgeVersion(record, journal, parts.inspectors(), sending.wasCutOff);
      // One that was never sent to its end has nothing that could be compared: what stands there now is sent.
      if (verdict.kind === 'new' && !sending.mayReplace && journal.newestVersion(record)?.state === 'done') {
        throw new UploaderError('source-rewritten', `${record.path} was rewritten after rows of it had been sent`, { path: record.path });
      }
      if (verdict.kind === 'unchanged') {
        journal.setFileState(record.id, 'unchanged');
        return undefined;
      }
      if (verdict.kind === 'unfinished') {
        if (sending.isRunning(verdict.record.transferId) && verdict.record.transferId !== record.transferId) {
          throw new UploaderError('transfer-running', `${record.path} is being sent by another transfer`, { path: record.path });
        }
        journal.dropFile(record.id);
        journal.adoptFile(verdict.record.id, record.transferId, record.path, record.sizeBytes, record.stamp);
        journal.changeMapping(verdict.record.id, { mapping: record.mapping, digest: record.mappingDigest, ref: record.mappingRef });
        if (record.rejectsAccepted === true) journal.acceptRejects(verdict.record.id);
        file = journal.file(verdict.record.id);
      }
      // An object is sent whole, and replaces the one before it.
      if (verdict.kind === 'grown' && file.route !== 's3') {
        journal.setContinues(record.id, verdict.record);
        file = journal.file(record.id);
      }
    }
    // Also one that goes by another mapping now: it takes the place of the object there is.
    const before = file.route === 's3' && file.folderId !== undefined ? journal.newestVersion(file) : undefined;
    if (before !== undefined && before.version !== file.version) {
      journal.setVersionName(file.id, before.version);
      file = journal.file(file.id);
    }
    if (record.planned !== undefined) await expectUnchanged(record, parts);
    journal.takeUpUnplanned(file.id);
    journal.setFileState(file.id, 'sending');
    onChange();
    const isObject = file.route === 's3';
    const held = await heldBeforeSending({ file, destination, parts, signal, onChange });
    const end: FileEnd =
      held === undefined
        ? await (isObject ? sendObject : sendFile)(file, destination, parts, signal, onChange)
        : { kind: 'held', failure: held };
    if (end.kind === 'sent') {
      // One that is gone by now was sent all the same.
      if (!isObject && existsSync(file.path)) await expectUnchanged(journal.file(file.id), parts);
      const hasNothingNew = file.continues !== undefined && !journal.hasBatches(file.id);
      journal.setFileState(file.id, hasNothingNew ? 'unchanged' : 'done');
      return undefined;
    }
    if (signal.reason === engineStopped) {
      journal.setFileState(file.id, 'queued');
      return undefined;
    }
    journal.setFileState(file.id, end.failure.code === 'cancelled' ? 'cancelled' : 'held', end.failure);
    return concernsOneFile.has(end.failure.code) ? undefined : end.failure;
  } catch (error) {
    const reason = heldReason(asFailure(error), journal.file(file.id));
    if (reason.code === 'internal') parts.onBug(error);
    journal.setFileState(file.id, stateFor(reason, journal.file(file.id)), reason);
    return reason.code === 'disk-full' ? reason : undefined;
  }
}

/** The others of a transfer go on. */
const concernsOneFile: ReadonlySet<ErrorCode> = new Set<HoldCode>([
  'cancelled',
  'source-changed',
  'too-many-rejects',
  'object-refused',
  'object-incomplete',
  'reference-refused',
  'reference-unanswered',
]);

/** What was sent of a file has to be what stands in it: one that was rewritten meanwhile is not gone on with. */
async function expectUnchanged(file: FileRecord, parts: FileSendingParts): Promise<void> {
  const now = await stampOf(file.path);
  if (now.stamp === file.stamp) return;
  if (!(await holdsPlanned(file, now.stamp, parts.journal, parts.inspectors()))) {
    throw new UploaderError('source-changed', `${file.path} was changed after rows of it had been sent`, { path: file.path });
  }
}

/** A file nothing of which was planned and that cannot be read is refused; otherwise its rows are held. */
const stateFor = (reason: Failure, file: FileRecord): FileState =>
  file.planned === undefined && ((refusalCodes as readonly string[]).includes(reason.code) || reason.code === 'mapping-invalid')
    ? 'refused'
    : 'held';

/** A file whose rows are planned and that is gone has rows at stake; one that was never read has not. */
const heldReason = (reason: Failure, file: FileRecord): Failure =>
  reason.code === 'file-missing' && file.planned !== undefined ? { ...reason, code: 'source-missing' } : reason;

export function asFailure(error: unknown): Failure {
  if (error instanceof UploaderError) return error.toFailure();
  return failure('internal', error instanceof Error ? error.message : String(error));
}
