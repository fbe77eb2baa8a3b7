/** read → record, for a file that goes as one object: its rows are planned as they are read, and confirmed together at the end. */
import type { Batch, Position } from './model.ts';
import type { Destination, PipelineParts } from './pipeline-parts.ts';
import type { FileRecord } from './record/file-record.ts';
import type { ObjectForm } from './record/object-record.ts';
import { RejectRecord } from './reject-record.ts';

/** Stretches of rows that are planned together; always the same, so that a later run plans the same ones. */
const usualStretchBytes = 5_000_000;
/** Of a file whose rows are only counted. */
const countedStretchBytes = 8 * 1024 * 1024;
/** Bodies of the reader: the one that is taken in and the one being written. */
const bodies = 2;

/** Reading has to begin anew: the file is to become another object, or is read otherwise than when it was planned. */
export class Replan extends Error {
  constructor(readonly form: ObjectForm) {
    super(`to be planned anew as ${form}`);
  }
}

export interface ObjectRowsOrder {
  readonly file: FileRecord;
  readonly form: ObjectForm;
  /** The rows are counted, not checked. */
  readonly countOnly: boolean;
  /** Bytes of a stretch, where it is not to have the usual size. */
  readonly stretchBytes?: number | undefined;
  readonly destination: Destination;
  readonly parts: PipelineParts;
  readonly signal: AbortSignal;
  readonly onChange: () => void;
}

/**
 * Every stretch of rows of the file, planned in the journal, or found there as an earlier run planned it. Its memory is used
 * again after the next step. Ends early when `signal` aborts.
 * @throws Replan, and `UploaderError` when the file cannot be read as its mapping says
 */
export async function* planRows(order: ObjectRowsOrder): AsyncGenerator<Batch, void> {
  const { file, form, countOnly, destination, parts, signal } = order;
  const maxBytes = order.stretchBytes ?? (countOnly ? countedStretchBytes : usualStretchBytes);
  const { journal } = parts;
  const planned = journal.allBatches(file.id);
  const rejects = new RejectRecord(journal.file(file.id), journal, parts.rejectsDir);
  let index = 0;
  const readOrder = {
    ...{
      path: file.path,
      fileName: file.name,
      mapping: file.mapping,
      fieldTypes: destination.fieldTypes,
      schema: destination.schema,
      countOnly,
      pastService: !journal.object(file.id).target.reference,
      tellsFields: true,
    },
    ...{ maxEventBytes: destination.limits.maxEventBytes, limits: { maxEvents: Number.MAX_SAFE_INTEGER, maxBytes } },
  };
  try {
    for await (const event of parts.readers.read(readOrder, countOnly ? 0 : bodies)) {
      if (signal.aborted) {
        if (event.kind === 'batch') event.sent();
        return;
      }
      if (event.kind === 'plan') rejects.open(event.source, event.delimiter, event.headerText);
      else if (event.kind === 'seen') parts.seenFields.sent(file, event.fields, parts.clock.now());
      else if (event.kind === 'end') {
        if (index < planned.length) throw new Replan(form);
        journal.setFileEnd(file.id, event.end, event.endedOpen, file.sizeBytes);
      } else {
        try {
          const { batch } = event;
          const known = planned[index];
          index += 1;
          if (known !== undefined && !(known.digest === batch.sourceDigest && samePosition(known.to, batch.to))) throw new Replan(form);
          // The service would store such a row nowhere and tell nobody: only the others go, as JSON lines.
          if (form === 'untouched' && batch.rejects.length > 0) throw new Replan('rows');
          if (known === undefined) {
            journal.planBatch(file.id, {
              name: `${file.name} rows ${batch.from.row + 1} to ${batch.to.row}`,
              ...{ from: batch.from, to: batch.to, digest: batch.sourceDigest, bytes: batch.payload.bytes.length },
              events: countOnly ? batch.to.row - batch.from.row : batch.payload.rows.length,
              rejected: batch.rejects.map(({ code }) => code),
              fileBytes: batch.fileBytes,
              rejectsBytes: rejects.append(batch.rejects),
            });
            order.onChange();
          }
          yield batch;
        } finally {
          event.sent();
        }
      }
    }
  } finally {
    rejects.dispose();
  }
}

const samePosition = (a: Position, b: Position): boolean => a.byte === b.byte && a.row === b.row;
