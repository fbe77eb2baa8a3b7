/** record → send: whatever else lies in the bucket for the same file holds no rows any more once its rows are stored anew. */
import { gzipSync } from 'node:zlib';
import { UploaderError } from './errors.ts';
import { objectStem } from './object-key.ts';
import type { ObjectUploading } from './object-upload.ts';
import type { Clock } from './ports.ts';
import type { Journal } from './record/journal.ts';
import type { EarlierObject } from './record/object-record.ts';
import { objectBody } from './send/s3-client.ts';

export interface EndingOthers extends Pick<ObjectUploading, 'client' | 'journal' | 'fileId'> {
  readonly clock: Clock;
  /** The service reads them: what it took of an object goes when it reads that object without rows. */
  readonly isRead: boolean;
}

/**
 * Removes objects, or replaces them by ones without rows, of which the service is told as of the others: from the number `next` on.
 * @param earlier what other versions of the file became
 */
export async function endOthers(
  others: readonly string[],
  earlier: readonly EarlierObject[],
  next: number,
  order: EndingOthers,
): Promise<void> {
  const { client, journal, fileId, clock, isRead } = order;
  journal.forgetUnfinishedPieces(earlier.map((one) => one.fileId));
  for (const [index, other] of others.entries()) {
    if (!isRead && (await isRemoved(client, other))) continue;
    const body = objectBody(withoutRows(other));
    const number = next + index;
    journal.beginPiece(fileId, number, other);
    const { etag, at } = await client.put(other, body, () => {
      journal.beginPart(fileId, 1, body.bytes.length);
    });
    journal.addPiece(fileId, { number, key: other, bytes: body.bytes.length, etag, completedAt: at ?? clock.now() });
  }
}

/** Who may write need not be allowed to remove: then it is emptied there too. */
async function isRemoved(client: EndingOthers['client'], key: string): Promise<boolean> {
  try {
    await client.remove(key);
    return true;
  } catch (error) {
    if (error instanceof UploaderError && (error.code === 'bucket-forbidden' || error.code === 'object-refused')) return false;
    throw error;
  }
}

/** A CSV file has a header all the same. */
function withoutRows(key: string): Uint8Array {
  const text = Buffer.from(/\.csv(?:\.gz)?$/.test(key) ? 'timestamp,metrictype\n' : '');
  return key.endsWith('.gz') ? gzipSync(text) : text;
}

/** Objects that earlier versions of the file became, or that it became by another mapping: those that hold the same rows. */
export function earlierObjects(journal: Journal, fileId: string): readonly EarlierObject[] {
  const { target, plan } = journal.object(fileId);
  if (plan === undefined) return [];
  const stem = objectStem(plan.key);
  return journal
    .earlierObjects(journal.file(fileId))
    .filter((one) => one.target.bucket === target.bucket && one.target.endpoint === target.endpoint)
    .filter(({ keys }) => keys.some((key) => objectStem(key) === stem));
}
