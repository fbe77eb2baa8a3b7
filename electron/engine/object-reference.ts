/** send → record: what lies in the bucket is told to the service, and followed until it has received it. */
import type { Destination, PipelineParts } from './pipeline-parts.ts';
import type { ReferenceAnswer } from './model.ts';
import type { FileRecord } from './record/file-record.ts';
import type { Journal } from './record/journal.ts';
import type { DeliveryPorts } from './send/delivery.ts';
import { objectUrl } from './send/s3-address.ts';
import { awaitReceived, referObject, type Reference } from './send/s3-reference.ts';
import { signRequest } from './sign/sign-request.ts';

export interface ObjectFollowing {
  readonly file: FileRecord;
  readonly destination: Destination;
  readonly parts: PipelineParts;
  readonly signal: AbortSignal;
  readonly onAttempt: NonNullable<Reference['onAttempt']>;
  readonly onChange: () => void;
}

/** Until the service has received it, or at once where nobody is to be told. Throws `UploaderError` with a hold code. */
export async function followObject(order: ObjectFollowing): Promise<void> {
  const { file, parts, destination, signal, onAttempt, onChange } = order;
  const { journal } = parts;
  const { target, plan, state, completedAt } = journal.object(file.id);
  if (state === 'received' || plan === undefined) return;
  const pieces = journal.pieces(file.id);
  const url = objectUrl(target.bucket, pieces[0]?.key ?? plan.key);
  if (!target.reference) {
    const more = pieces.length > 1 ? ` and ${String(pieces.length - 1)} more` : '';
    journal.confirmObject(file.id, `stored as ${url}${more}`);
    return;
  }
  const { connectionId, endpoint, lane } = destination;
  const about = { connectionId, endpoint, lane, signal, onAttempt };
  const ports = { ...parts, sign: signRequest };
  const noting = (piece: number) => (answer: ReferenceAnswer) => {
    journal.noteAnswer(file.id, piece, answer, parts.clock.now());
    onChange();
  };
  const referenceTo = (key: string, piece: number): Reference => ({
    ...about,
    url: objectUrl(target.bucket, key),
    onAnswer: noting(piece),
  });
  if (pieces.length > 0) {
    await followPieces({ journal, file, onChange, referenceTo }, ports);
    return;
  }
  const reference = referenceTo(plan.key, 0);
  if (state === 'complete') {
    const toldAt = await referObject(reference, ports);
    journal.setReferenced(file.id, Math.min(toldAt ?? Infinity, completedAt ?? Infinity));
    onChange();
  }
  const since = journal.object(file.id).completedAt ?? 0;
  journal.confirmObject(file.id, `${url} ${await awaitReceived(reference, since, ports)}`);
}

interface PiecesToFollow extends Pick<ObjectFollowing, 'file' | 'onChange'> {
  readonly journal: Journal;
  readonly referenceTo: (key: string, piece: number) => Reference;
}

/** Each object is told of before any is waited for, so that the service reads them side by side. */
async function followPieces({ journal, file, onChange, referenceTo }: PiecesToFollow, ports: DeliveryPorts): Promise<void> {
  for (const { number, key, completedAt, isReferenced } of journal.pieces(file.id)) {
    if (isReferenced) continue;
    const toldAt = await referObject(referenceTo(key, number), ports);
    journal.setPieceReferenced(file.id, number, Math.min(toldAt ?? Infinity, completedAt));
    onChange();
  }
  const all = journal.pieces(file.id);
  let last = '';
  for (const { number, key, completedAt } of all) {
    const reference = referenceTo(key, number);
    last = `${reference.url} ${await awaitReceived(reference, completedAt, ports)}`;
  }
  journal.confirmObject(file.id, `${String(all.length)} objects, the last: ${last}`);
}
