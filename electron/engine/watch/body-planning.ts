/**
 * batch → record, for the bodies that the reader of a folder gathers: rejects and row hashes are written, then the request is
 * planned, then it is given to be sent. Also knows how each version is read.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { batchName } from '../batch/batch-name.ts';
import type { Payload, Reject } from '../model.ts';
import type { ContentIdentity, TailFormat, TailSegment } from '../read/tail-protocol.ts';
import type { TailBody } from '../tail-reader.ts';
import type { PlannedSegment } from '../record/version-journal.ts';
import { RejectRecord } from '../reject-record.ts';
import { versionName } from '../file-version.ts';
import { copied, mustKeep, withoutForgotten, type SegmentShare } from './body-segments.ts';
import type { BodySending } from './body-sending.ts';
import type { FileRejects } from './file-rejects.ts';
import { KnownFormats } from './known-formats.ts';
import { packIdentity, unpackIdentity } from './packed-identity.ts';
import type { PlannedBody } from './planned-body.ts';
import type { RowHashes } from './row-hashes.ts';
import type { RowsFlowParts } from './rows-flow-parts.ts';
import type { TrackedFile } from './tracked-file.ts';

export interface PlanningParts extends RowsFlowParts {
  readonly hashes: RowHashes;
  readonly rejects: FileRejects;
}

export class BodyPlanning {
  private readonly formats: KnownFormats;
  private readonly drifts = new Map<string, TailFormat>();
  private planningNow = 0;
  /** Bodies are planned in the order in which they were read, also where one has to wait for room on the disk. */
  private latest: Promise<void> = Promise.resolve();

  constructor(private readonly parts: PlanningParts) {
    this.formats = new KnownFormats(parts.journal);
  }

  get hashes(): RowHashes {
    return this.parts.hashes;
  }

  get rejects(): FileRejects {
    return this.parts.rejects;
  }

  get isAtRest(): boolean {
    return this.planningNow === 0;
  }

  formatOf(file: Pick<TrackedFile, 'formatId'>): TailFormat | undefined {
    return file.formatId === undefined ? undefined : this.formats.get(file.formatId);
  }

  identityOf(file: TrackedFile): ContentIdentity | undefined {
    return file.identity === undefined ? undefined : unpackIdentity(file.identity);
  }

  /** How a file is read is known from now on. */
  learn(file: TrackedFile, format: TailFormat, firstRow: string | undefined): void {
    const { journal, index } = this.parts;
    const id = this.formats.idOf(format);
    file.formatId = id;
    if (file.transferId !== undefined) journal.setVersionFormat(file.fileId, id);
    this.parts.accepted.accept(format.read.kind === 'csv' ? format.columns : []);
    file.firstRow ??= firstRow;
    index.know(file);
  }

  /** It goes on behind a header with other columns when somebody says that they are right. */
  drifted(
    file: TrackedFile,
    drift: { readonly columns: readonly string[]; readonly headerText: string; readonly position: TailFormat['firstRow'] },
  ): void {
    const format = this.formatOf(file);
    if (format === undefined) return;
    this.drifts.set(file.fileId, { ...format, columns: drift.columns, headerText: drift.headerText, firstRow: drift.position });
  }

  /** The columns of a drift are right. */
  acceptDrift(file: TrackedFile): void {
    const format = this.drifts.get(file.fileId);
    this.drifts.delete(file.fileId);
    if (format === undefined) return;
    this.parts.accepted.accept(format.columns);
    if (file.formatId === undefined) return;
    this.learn(file, format, undefined);
    file.planned = format.firstRow;
    if (file.transferId === undefined) return;
    const identity = this.identityOf(file);
    const text = identity === undefined ? '' : JSON.stringify(identity);
    this.parts.journal.setVersionPosition(file.fileId, format.firstRow, text, undefined);
  }

  /** Plans a body and gives it to be sent. */
  async plan(body: TailBody, sending: BodySending): Promise<void> {
    this.planningNow += 1;
    const planned = this.latest.then(() => this.planNow(body, sending));
    this.latest = planned.catch(() => undefined);
    try {
      await planned;
    } finally {
      this.planningNow -= 1;
    }
  }

  private async planNow(body: TailBody, sending: BodySending): Promise<void> {
    const { journal, index, folderId } = this.parts;
    const { payload: read, segments } = withoutForgotten(body.payload, body.segments, (fileId) => index.version(fileId) !== undefined);
    const isShared = read === body.payload;
    const kept = !isShared || mustKeep(read, segments) ? copied(read) : undefined;
    const planned = await sending.recorded((isRepeated) =>
      journal.atomically(() => {
        const list = segments.map((segment) => this.enter(segment, read));
        return { list, ...journal.planBody(folderId, groupName(list), list, read.rows.length === 0 ? undefined : kept, isRepeated) };
      }),
    );
    for (const segment of segments) this.took(segment);
    if (read.rows.length === 0) {
      body.sent();
      for (const { fileId } of segments) this.changed(fileId);
      return;
    }
    const sent = planned.list.map((segment, at) => ({
      fileId: segment.fileId,
      transferId: index.version(segment.fileId)?.transferId ?? '',
      batchId: planned.batchIds[at] ?? 0,
      firstEvent: segment.firstEvent,
      events: segment.events,
    }));
    const payload = kept ?? read;
    sending.send({
      name: groupName(planned.list),
      payload,
      segments: sent,
      bodyId: planned.bodyId,
      mayBeApplied: false,
      remaining: undefined,
      nameFor: this.namesFor(groupName(planned.list), payload.rows),
      // Also of a body that is kept: so many may wait, and no more are read.
      release: () => {
        body.sent();
      },
    });
    for (const { fileId } of segments) this.changed(fileId);
  }

  /** Everything about a segment that has to stand before its request is planned. */
  private enter(segment: TailSegment, { starts }: Payload): PlannedSegment {
    const { index, hashes } = this.parts;
    const file = index.version(segment.fileId);
    if (file === undefined) throw new Error('rows of a file that nobody follows');
    if (file.transferId === undefined) this.enterVersion(file);
    const rejects = segment.rejects.length === 0 ? undefined : this.rejectsOf(file);
    if (rejects !== undefined) file.rejectsBytes = rejects.append(segment.rejects);
    rejects?.dispose();
    hashes.write(segment);
    return {
      fileId: segment.fileId,
      firstEvent: segment.firstEvent,
      events: segment.events,
      identity: JSON.stringify(segment.identity),
      firstRow: firstRowOf(segment),
      name: batchName(basename(file.path), this.versionOf(file), segment.from.row, segment.to.row - 1, segment.sourceDigest),
      from: segment.from,
      to: segment.to,
      digest: segment.sourceDigest,
      bytes: Math.max(0, (starts[segment.firstEvent + segment.events] ?? 0) - (starts[segment.firstEvent] ?? 0)),
      rejected: segment.rejects.map(({ code }) => code),
      fileBytes: segment.fileBytes,
      rejectsBytes: file.rejectsBytes,
    };
  }

  private versionOf(file: TrackedFile): string {
    return versionName(file.fileId, this.parts.mappingDigest);
  }

  private enterVersion(file: TrackedFile): void {
    const { journal, folderId, connection, mappingDigest, mappingRef, mapping, clock, absolute, settings } = this.parts;
    const transferId = `w${clock.now().toString(36)}${file.fileId}`;
    journal.addVersion(
      {
        id: file.fileId,
        transferId,
        folderId,
        connectionId: connection.id,
        connectionName: connection.name,
        route: settings().route,
        path: absolute(file.path),
        name: basename(file.path),
        version: this.versionOf(file),
        ...{ mappingDigest, mappingRef },
        sizeBytes: file.sizeBytes,
        fileKey: file.fileKey,
        startedAt: clock.now(),
      },
      JSON.stringify(mapping),
    );
    file.transferId = transferId;
    if (file.hasManyRejects) journal.acceptRejects(file.fileId);
    const { predecessor } = file;
    if (predecessor !== undefined) {
      // From now on this version stands there, also after a restart: until now the earlier one did.
      journal.closeVersion(predecessor.fileId);
      file.predecessor = undefined;
    }
    if (file.knownRowsPath !== undefined && file.knownRowsOf !== undefined) journal.setKnownRows(file.fileId, file.knownRowsOf);
    if (file.formatId !== undefined) journal.setVersionFormat(file.fileId, file.formatId);
  }

  /** Names of parts of a body, by the places of their first and last event. */
  namesFor(name: string, rows: Float64Array): PlannedBody['nameFor'] {
    return (first, last) => `${name}.${String(rows[first] ?? 0)}-${String(rows[last] ?? 0)}.${String(first)}-${String(last)}`;
  }

  /** The file of rejects of a version, ready to be written. */
  private rejectsOf(file: TrackedFile): RejectRecord {
    const { journal, rejectsDir } = this.parts;
    const record = new RejectRecord(journal.file(file.fileId), journal, rejectsDir);
    const format = this.formatOf(file);
    if (format !== undefined) record.open(format.read.kind, format.read.delimiter, format.headerText);
    return record;
  }

  private took(segment: TailSegment): void {
    const { index, rejects } = this.parts;
    const file = index.version(segment.fileId);
    if (file === undefined) return;
    const rejected = segment.rejects.length;
    file.planned = segment.to;
    file.bytesRead = segment.fileBytes;
    file.identity = packIdentity(segment.identity);
    file.firstRow ??= firstRowOf(segment);
    index.know(file);
    file.count({ rowsRead: segment.events + rejected, rowsRejected: rejected, rowsHeld: segment.events });
    if (segment.events > 0) file.underWay += 1;
    if (rejected > 0) rejects.judge(file);
  }

  private changed(fileId: string): void {
    const file = this.parts.index.version(fileId);
    if (file !== undefined) this.parts.onPlanned(file);
  }

  /** Rows of a segment were accepted, or refused by the service: counts, and the size of the rejects. */
  async share({ segment, accepted, rejected }: SegmentShare, body: PlannedBody): Promise<number> {
    const { index, journal } = this.parts;
    const file = index.version(segment.fileId);
    if (file !== undefined && accepted + rejected.length > 0)
      file.count({ rowsConfirmed: accepted, rowsRejected: rejected.length, rowsHeld: -accepted - rejected.length });
    if (rejected.length === 0 && file !== undefined) return file.rejectsBytes;
    const record = journal.file(segment.fileId);
    if (rejected.length === 0) return record.rejectsBytes;
    const rejects = new RejectRecord(record, journal, this.parts.rejectsDir);
    const format = file === undefined ? undefined : this.formatOf(file);
    rejects.open(format?.read.kind ?? 'ndjson', format?.read.delimiter ?? ',', format?.headerText ?? '');
    try {
      const bytes = rejects.append(await this.refusedRows(rejects, segment, rejected, body));
      if (file !== undefined) file.rejectsBytes = bytes;
      return bytes;
    } finally {
      rejects.dispose();
    }
  }

  /** With their text from the file, or as they were sent where the file no longer has them. */
  private async refusedRows(
    rejects: RejectRecord,
    segment: SegmentShare['segment'],
    refused: SegmentShare['rejected'],
    body: PlannedBody,
  ): Promise<readonly Reject[]> {
    const found = await rejects.refusedRows(this.parts.journal.batchRange(segment.batchId), refused).catch(() => []);
    const known = new Map(found.map((reject) => [reject.row, reject]));
    return refused.map(({ row, message }): Reject => {
      const reject = known.get(row);
      if (reject !== undefined) return reject;
      const event = body.payload.rows.indexOf(row, segment.firstEvent);
      const { starts, bytes } = body.payload;
      const source = Buffer.from(bytes.subarray(starts[event] ?? 0, (starts[event + 1] ?? 1) - 1)).toString('utf8');
      return { row, line: 0, column: '', code: 'server-rejected', reason: message, source };
    });
  }
}

const firstRowOf = (segment: TailSegment): string | undefined =>
  segment.from.row === 0 && segment.rowHashes.byteLength >= 8 ? Buffer.from(segment.rowHashes.subarray(0, 8)).toString('hex') : undefined;

/** Of rows of one file as for an upload; of several: made of all their names. */
function groupName(segments: readonly Pick<PlannedSegment, 'name' | 'events'>[]): string {
  const [first, ...others] = segments.filter(({ events }) => events > 0);
  if (first === undefined) return '';
  if (others.length === 0) return first.name;
  const hash = createHash('sha256');
  for (const { name } of segments) hash.update(name).update('\n');
  return `${first.name.slice(0, 60)}-and-${String(others.length)}-${hash.digest('hex').slice(0, 16)}`;
}
