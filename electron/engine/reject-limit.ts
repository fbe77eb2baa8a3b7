/** What the mapping of a file says of its rejected rows, while it is sent: whether it is held, and what is told then. */
import type { Failure } from '../../shared/contract/common.ts';
import { errorTexts } from '../../shared/model/error-texts.ts';
import { rejectPolicyOf } from '../../shared/model/reject-policy.ts';
import { failure } from './errors.ts';
import type { Reject } from './model.ts';
import type { Destination, PipelineParts } from './pipeline-parts.ts';
import type { FileRecord } from './record/file-record.ts';

/** Bodies of the reader: the one that is looked at and the one being written. */
const bodies = 2;
const stretchBytes = 5_000_000;

interface LimitedFile {
  readonly file: FileRecord;
  readonly destination: Pick<Destination, 'fieldTypes' | 'schema' | 'limits'>;
  readonly parts: Pick<PipelineParts, 'journal' | 'readers'>;
  readonly signal: AbortSignal;
  readonly onChange: () => void;
}

/** A file goes as one object: it cannot stop in the middle, and is looked at as a whole before. */
const isHeldWhole = ({ route, mapping }: FileRecord): boolean => {
  const { policy } = rejectPolicyOf(mapping);
  return policy === 'hold' || (policy === 'stop' && route === 's3');
};

/**
 * Rows that may still be rejected before nothing more of the file is sent; undefined: any number. By now, so that rows that the
 * service has rejected meanwhile count.
 */
export function rejectsLeft(file: FileRecord, journal: Pick<PipelineParts['journal'], 'countedRejects'>): number | undefined {
  const { policy, after } = rejectPolicyOf(file.mapping);
  if (policy !== 'stop' || isHeldWhole(file) || file.rejectsAccepted === true) return undefined;
  return Math.max(0, after - journal.countedRejects(file.id));
}

/**
 * Looks at every row of a file that is to be held when too many are rejected, before anything of it is planned. Returns why it is
 * held; undefined when it may be sent.
 */
export async function heldBeforeSending(limited: LimitedFile): Promise<Failure | undefined> {
  const { file, parts } = limited;
  if (!isHeldWhole(file) || file.rejectsAccepted === true || parts.journal.hasBatches(file.id)) return undefined;
  const { after } = rejectPolicyOf(file.mapping);
  const found = await surveyRest(limited);
  if (found === undefined) return cancelled();
  if (found.rejected < after) return undefined;
  parts.journal.holdUnplanned(file.id, found.rows);
  const { first, reasons } = found;
  return failure(
    'too-many-rejects',
    `${count(found.rejected)} of ${count(found.rows)} rows of ${file.path} would be rejected (${reasons}); nothing of it was sent`,
    {
      ...{ path: file.path, rows: found.rejected, held: found.rows, limit: after, reasons },
      ...(first !== undefined && { line: first.line, column: first.column, code: first.code }),
    },
  );
}

/** Counts the rows behind what was planned as held, and returns why nothing more is sent. */
export async function heldInTheMiddle(limited: LimitedFile): Promise<Failure> {
  const { file, parts } = limited;
  const rejected = parts.journal.countedRejects(file.id);
  const rest = await surveyRest(limited);
  if (rest === undefined) return cancelled();
  const { rows } = rest;
  parts.journal.holdUnplanned(file.id, rows);
  return failure(
    'too-many-rejects',
    `${count(rejected)} rows of ${file.path} were rejected; the ${count(rows)} rows behind them are held`,
    {
      ...{ path: file.path, rows: rejected, held: rows, limit: rejectPolicyOf(file.mapping).after },
    },
  );
}

/** Every row that is not planned yet: shaped as it would be sent, in constant memory. Undefined when it was stopped. */
async function surveyRest({ file, destination, parts, signal, onChange }: LimitedFile) {
  const codes = new Map<Reject['code'], number>();
  let rows = 0;
  let rejected = 0;
  let first: Reject | undefined;
  const order = {
    ...{ path: file.path, fileName: file.name, mapping: file.mapping, from: file.planned },
    ...{ fieldTypes: destination.fieldTypes, schema: destination.schema, maxEventBytes: destination.limits.maxEventBytes },
    limits: { maxEvents: Number.MAX_SAFE_INTEGER, maxBytes: stretchBytes },
  };
  for await (const event of parts.readers.read(order, bodies)) {
    if (event.kind === 'batch') {
      const { batch } = event;
      rows += batch.payload.rows.length + batch.rejects.length;
      rejected += batch.rejects.length;
      first ??= batch.rejects[0];
      for (const { code } of batch.rejects) codes.set(code, (codes.get(code) ?? 0) + 1);
      parts.journal.setBytesRead(file.id, batch.fileBytes);
      event.sent();
      onChange();
    }
    if (signal.aborted) return undefined;
  }
  const reasons = [...codes].sort(([, a], [, b]) => b - a).map(([code, times]) => `${count(times)} × ${errorTexts[code].title}`);
  return { rows, rejected, first, reasons: reasons.join('; ') };
}

const cancelled = (): Failure => failure('cancelled', 'the transfer was cancelled');

const count = (rows: number): string => rows.toLocaleString('en');
