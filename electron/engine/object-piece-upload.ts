/** record → send: the pieces of a file one after the other into the bucket. */
import { gzipSync } from 'node:zlib';
import { UploaderError } from './errors.ts';
import { isPieceKey, pieceKey, pieceStem, type Piece } from './object-pieces.ts';
import { uploadObject, type ObjectUploading } from './object-upload.ts';
import type { Clock } from './ports.ts';
import type { Journal } from './record/journal.ts';
import { objectBody } from './send/s3-client.ts';

export interface PieceUploading extends Omit<ObjectUploading, 'pieces'> {
  readonly clock: Clock;
  /** What becomes of the text of a piece before it is sent. */
  readonly pack: (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** The service reads them: what it took of a piece that is no more goes when it reads that piece without rows. */
  readonly isRead: boolean;
}

/** Those that lie there from an earlier run are passed over. `forgotten`: one has to be begun anew. Throws as `uploadObject` does. */
export async function uploadPieces(pieces: AsyncIterable<Piece>, order: PieceUploading): Promise<'stored' | 'forgotten'> {
  const { journal, fileId, key } = order;
  const known = new Map(journal.pieces(fileId).map((piece) => [piece.number, piece]));
  const kept = new Set<string>();
  for await (const { number, content } of pieces) {
    const own = pieceKey(key, number);
    kept.add(own);
    if (known.has(number)) {
      for (let next = await content.next(); next.done !== true; next = await content.next());
      continue;
    }
    journal.beginPiece(fileId, number, own);
    const end = await uploadObject({ ...order, key: own, pieces: order.pack(content) });
    if (end.kind === 'forgotten') return 'forgotten';
    journal.addPiece(fileId, { number, key: own, bytes: end.bytes, etag: end.etag, completedAt: end.at ?? order.clock.now() });
  }
  await endOthers(order, kept);
  finish(journal, fileId);
  return 'stored';
}

/** An earlier version of the file had more pieces, or others: whoever reads all of them would read rows that are no more. */
async function endOthers({ client, key, fileId, journal, clock, isRead }: PieceUploading, kept: ReadonlySet<string>): Promise<void> {
  const stem = pieceStem(key);
  const found = await client.list(stem).catch((error: unknown) => {
    // Who may write need not be allowed to list.
    if (error instanceof UploaderError && (error.code === 'bucket-forbidden' || error.code === 'object-refused')) return [];
    throw error;
  });
  const others = found.filter((one) => isPieceKey(one, stem) && !kept.has(one)).sort();
  for (const [index, other] of others.entries()) {
    if (!isRead) {
      await client.remove(other);
      continue;
    }
    const body = objectBody(withoutRows(other));
    const number = kept.size + 1 + index;
    journal.beginPiece(fileId, number, other);
    const { etag, at } = await client.put(other, body, () => {
      journal.beginPart(fileId, 1, body.bytes.length);
    });
    journal.addPiece(fileId, { number, key: other, bytes: body.bytes.length, etag, completedAt: at ?? clock.now() });
  }
}

/** A CSV file has a header all the same. */
function withoutRows(key: string): Uint8Array {
  const text = Buffer.from(/\.csv(?:\.gz)?$/.test(key) ? 'timestamp,metrictype\n' : '');
  return key.endsWith('.gz') ? gzipSync(text) : text;
}

function finish(journal: Journal, fileId: string): void {
  const all = journal.pieces(fileId);
  journal.completeObject(fileId, {
    etag: undefined,
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    completedAt: Math.max(0, ...all.map(({ completedAt }) => completedAt)),
  });
}
