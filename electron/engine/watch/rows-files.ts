/** A folder in mode `rows`: the reader's session, the planning and the sending of its bodies, put together. */
import { basename } from 'node:path';
import type { CommandOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import { failure } from '../errors.ts';
import type { Destination } from '../pipeline-parts.ts';
import { packFirstRows } from '../read/first-rows.ts';
import type { TailSettings } from '../read/tail-protocol.ts';
import { AcceptedColumns } from './accepted-columns.ts';
import { BodyPlanning } from './body-planning.ts';
import { BodySending } from './body-sending.ts';
import type { MappingInUse } from '../record/held-files-journal.ts';
import { FileRejects } from './file-rejects.ts';
import type { FolderFiles } from './folder-files.ts';
import type { FolderRun } from './folder-run.ts';
import { waitingReason } from './folder-status.ts';
import { resumeBodies } from './resumed-bodies.ts';
import { hashedRows, RowHashes } from './row-hashes.ts';
import { RowsFlow } from './rows-flow.ts';
import type { RowsFlowParts } from './rows-flow-parts.ts';
import type { FileEntry, TrackedFile } from './tracked-file.ts';

/** Bodies of a session beyond those being sent: the one being written. */
const bodiesAhead = 1;

export async function openRowsFiles(run: FolderRun, inUse: MappingInUse, destination: () => Destination): Promise<FolderFiles> {
  const { parts } = run;
  const { mapping, digest, ref } = inUse;
  parts.journal.changeFolderMapping(run.id, inUse);
  const connection = parts.connection(run.settings.connectionId);
  const flowParts: RowsFlowParts = {
    ...parts,
    folderId: run.id,
    root: run.root,
    settings: () => run.settings,
    ...{ mapping, mappingDigest: digest, mappingRef: ref },
    connection: { id: run.settings.connectionId, name: connection?.name ?? '' },
    index: run.index,
    accepted: new AcceptedColumns(run.acceptedColumns, (sets) => {
      run.acceptedColumns = sets;
      parts.store.setAcceptedColumns(run.id, sets);
    }),
    signal: run.signal,
    newFileId: () => run.newFileId(),
    absolute: (path) => run.absolute(path),
    isTaken: (path) => run.isTaken(path),
    recheck: (path) => {
      run.recheck(path);
    },
    onFile: (file) => {
      run.fileChanged(file);
    },
    onPlanned: (file) => {
      flow.wasPlanned(file);
      run.fileChanged(file);
    },
    onRisk: (file, bytes, cause) => {
      run.atRisk(file, bytes, cause);
    },
  };
  const { route, connectionId } = run.settings;
  if (route === 's3') throw new Error('by this route whole files travel, not rows');
  const rejects = new FileRejects(flowParts);
  rejects.restore();
  const planning = new BodyPlanning({ ...flowParts, rejects, hashes: new RowHashes(parts.rowsDir) });
  const sending = new BodySending({
    ...parts,
    destination,
    route,
    signal: run.signal,
    onShare: (share, body) => planning.share(share, body),
    onSettled: (body) => {
      settled(body.segments.flatMap(({ fileId, events }) => (events > 0 ? (run.index.version(fileId) ?? []) : [])));
    },
    onSkew: (skewMs) => {
      run.clockCorrected(skewMs);
    },
    onTraffic: (traffic) => {
      run.sent(traffic);
    },
    onRepeated: (fileId, rows) => {
      run.index.version(fileId)?.count({ possiblyRepeated: rows });
    },
    onStateChange: () => {
      flow.requestEnded();
      run.changed();
    },
  });
  /** A file is among them as often as it has segments. */
  const settled = (segments: readonly TrackedFile[]): void => {
    for (const file of segments) file.underWay = Math.max(0, file.underWay - 1);
    const files = new Set(segments);
    for (const file of files) if (!file.isForgotten) flow.refresh(file);
    // One transaction: a body may have rows of hundreds of files.
    parts.journal.atomically(() => {
      for (const file of files) flow.recorded(file);
    });
    for (const file of files) if (file.isForgotten) run.index.forget(file);
  };
  const { limits, fieldTypes, schema, places } = destination();
  const stream = route === 'stream';
  const settings: TailSettings = {
    mapping,
    fieldTypes,
    schema,
    maxEventBytes: limits.maxEventBytes,
    limits: {
      maxEvents: stream ? limits.maxStreamEvents : Number.MAX_SAFE_INTEGER,
      maxBytes: stream ? limits.maxStreamRequestBytes : limits.maxBatchRequestBytes,
    },
    bodies: places[route].size + bodiesAhead,
    hashedRows,
    firstRows: packFirstRows(run.index.allFirstRows()),
  };
  const session = parts.tailReader.open(settings, {
    onFormat: (fileId, format, firstRow) => {
      flow.formatFound(fileId, format, firstRow);
    },
    onBody: (body) => {
      const file = run.index.version(body.segments[0]?.fileId ?? '');
      if (file !== undefined)
        parts.seenFields.sent({ connectionId, path: run.absolute(file.path), name: basename(file.path) }, body.seen, parts.clock.now());
      flow.bodyRead(body);
    },
    onLooked: (fileId, outcome, nextRow) => {
      flow.looked(fileId, outcome, nextRow);
    },
    onDrained: (gathered) => {
      flow.drained(gathered);
    },
    onFailed: (reason) => {
      parts.onBug(new Error(`the tail reader failed: ${reason.message}`));
    },
  });
  const flow = new RowsFlow(flowParts, session, sending, planning);
  let isResuming = true;
  const resuming = resumeBodies(run, flow, sending, planning, destination)
    .catch(parts.onBug)
    .finally(() => {
      isResuming = false;
    });

  return {
    seen: (entry, { isForced = false, isExisting = false }) => {
      if (isExisting && run.settings.existing !== 'send') seenExisting(run, flow, entry);
      else flow.seen(entry, isForced);
    },
    gone: (path) => {
      flow.gone(path);
    },
    get isAtRest() {
      return !isResuming && flow.isAtRest;
    },
    settle: () => flow.settle(waitingReason(destination().lane)),
    get blockedBy() {
      return sending.blockedBy;
    },
    setPaused: (isPaused) => {
      flow.setPaused(isPaused);
    },
    retry: () => {
      sending.retry();
      for (const file of run.index.files()) if (file.state === 'unreadable') flow.lookAgain(file);
    },
    renew: () => {
      sending.renew();
    },
    decide: (file, decision) => {
      decide(flow, planning, rejects, file, decision);
    },
    afterPlan: async (): Promise<CommandOutput<'folders.afterPlan'>> => ({ files: [], more: 0 }),
    dispose: async () => {
      flow.close();
      await resuming;
      await sending.ended();
      await session.close();
    },
  };
}

/** A file that was there at the beginning, where its rows are not simply sent. */
function seenExisting(run: FolderRun, flow: RowsFlow, entry: FileEntry): void {
  if (run.index.at(entry.path) !== undefined) {
    flow.seen(entry);
    return;
  }
  const file = flow.enter(entry);
  if (run.settings.existing === 'skip') {
    file.passesOver = true;
    flow.look(file);
    return;
  }
  flow.setState(file, 'held', failure('existing-undecided', `${entry.path} was there before the folder was watched`, { path: entry.path }));
}

function decide(
  flow: RowsFlow,
  planning: BodyPlanning,
  rejects: FileRejects,
  file: TrackedFile,
  decision: ParsedInput<'folders.decide'>['decision'],
): void {
  switch (decision) {
    case 'accept-columns':
      planning.acceptDrift(file);
      break;
    case 'send-changed':
      break;
    case 'send':
      file.knownRowsPath = undefined;
      rejects.accept(file);
      break;
    case 'skip':
      file.passesOver = true;
      break;
  }
  flow.lookAgain(file);
}
