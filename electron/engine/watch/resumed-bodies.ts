/** What an earlier run had planned and not settled, sent again: kept bodies as they are, others read again from their file. */
import { failure } from '../errors.ts';
import type { Batch } from '../model.ts';
import type { Destination } from '../pipeline-parts.ts';
import type { OpenBatch } from '../record/batch-record.ts';
import type { TailFormat } from '../read/tail-protocol.ts';
import type { BodyPlanning } from './body-planning.ts';
import type { BodySending } from './body-sending.ts';
import type { FolderRun } from './folder-run.ts';
import type { RowsFlow } from './rows-flow.ts';
import type { TrackedFile } from './tracked-file.ts';

const unlimited = { maxEvents: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };

export async function resumeBodies(
  run: FolderRun,
  flow: RowsFlow,
  sending: BodySending,
  planning: BodyPlanning,
  destination: () => Destination,
): Promise<void> {
  const { journal } = run.parts;
  const open = new Map(journal.openSegments(run.id).map((segment) => [segment.id, segment]));
  for (const kept of journal.keptBodies(run.id)) {
    const remaining: number[] = [];
    let mayBeApplied = false;
    for (const { batchId, firstEvent, events } of kept.segments) {
      const segment = open.get(batchId);
      if (segment === undefined) continue;
      open.delete(batchId);
      mayBeApplied ||= segment.mayBeApplied;
      const left = segment.remaining === undefined ? undefined : new Set(segment.remaining);
      for (let event = firstEvent; event < firstEvent + events; event += 1)
        if (left?.has(kept.payload.rows[event] ?? -1) !== false) remaining.push(event);
    }
    const segments = kept.segments.map((segment) => ({
      ...segment,
      transferId: run.index.version(segment.fileId)?.transferId ?? journal.version(segment.fileId).transferId,
    }));
    if (remaining.length === 0) {
      journal.dropBody(kept.id);
      continue;
    }
    for (const { fileId, events } of segments) if (events > 0) flow.underWay(fileId);
    sending.send({
      ...{ name: kept.name, payload: kept.payload, segments, bodyId: kept.id, mayBeApplied },
      remaining: remaining.length === kept.payload.rows.length ? undefined : remaining,
      nameFor: planning.namesFor(kept.name, kept.payload.rows),
      release: () => undefined,
    });
  }
  if (open.size === 0) return;
  for (const { fileId, from, to } of open.values()) {
    const file = run.index.version(fileId);
    if (file !== undefined) file.rowsToReread += to.row - from.row;
  }
  // Where the files are now has to be known before their rows are looked for in them.
  await flow.atRest();
  for (const segment of open.values()) {
    if (run.signal.aborted) return;
    await resend(run, flow, sending, planning, destination, segment);
  }
}

async function resend(
  run: FolderRun,
  flow: RowsFlow,
  sending: BodySending,
  planning: BodyPlanning,
  destination: () => Destination,
  segment: OpenBatch & { readonly fileId: string },
): Promise<void> {
  const file = run.index.version(segment.fileId);
  const batch = file === undefined ? undefined : await readAgain(run, file, segment, destination(), planning.formatOf(file));
  if (file === undefined || batch === undefined) {
    const record = run.parts.journal.version(segment.fileId);
    const rows = segment.to.row - segment.from.row;
    const reason = failure(
      'source-changed',
      `rows ${segment.from.row + 1} to ${segment.to.row} of ${record.path} are no longer what they were`,
      {
        path: record.path,
        firstRow: segment.from.row + 1,
        lastRow: segment.to.row,
      },
    );
    run.parts.journal.setVersionState(record.id, record.transferId, 'held', 'held', reason, run.parts.clock.now());
    if (file?.isAtRisk !== true) run.lostPlanned(record.path, segment.to.byte - segment.from.byte, rows);
    return;
  }
  const { payload } = batch;
  const left = segment.remaining === undefined ? undefined : new Set(segment.remaining);
  const remaining = left === undefined ? undefined : [...payload.rows.keys()].filter((event) => left.has(payload.rows[event] ?? -1));
  flow.underWay(file.fileId);
  sending.send({
    name: segment.name,
    payload,
    segments: [{ fileId: file.fileId, transferId: file.transferId ?? '', batchId: segment.id, firstEvent: 0, events: payload.rows.length }],
    bodyId: undefined,
    mayBeApplied: segment.mayBeApplied,
    remaining,
    nameFor: planning.namesFor(segment.name, payload.rows),
    release: () => undefined,
  });
}

/** The rows as they were planned; undefined when their file no longer holds them. */
async function readAgain(
  run: FolderRun,
  file: TrackedFile,
  segment: OpenBatch,
  { limits, fieldTypes, schema }: Destination,
  tail: TailFormat | undefined,
): Promise<Batch | undefined> {
  const { mapping } = run.settings;
  if (mapping === undefined) return undefined;
  let found: Batch | undefined;
  const order = {
    path: run.absolute(file.path),
    fileName: file.path.slice(file.path.lastIndexOf('/') + 1),
    ...{ mapping, fieldTypes, schema, maxEventBytes: limits.maxEventBytes, limits: unlimited, tail },
  };
  try {
    for await (const event of run.parts.readers.read({ ...order, from: segment.from, to: segment.to }, 0))
      if (event.kind === 'batch') found ??= event.batch;
  } catch (error) {
    run.parts.logger.warn('rows that were planned cannot be read again', {
      reason: error instanceof Error ? error.message : String(error),
    });
    return undefined;
  }
  return found?.sourceDigest === segment.digest && found.to.byte === segment.to.byte ? found : undefined;
}
