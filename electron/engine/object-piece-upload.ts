/** record → send: the pieces of a file one after the other into the bucket. */
import { UploaderError } from './errors.ts';
import { earlierObjects, endOthers, type EndingOthers } from './object-others.ts';
import { isPieceKey, pieceKey, pieceStem, type Piece } from './object-pieces.ts';
import { uploadObject, type ObjectUploading } from './object-upload.ts';
import type { Journal } from './record/journal.ts';
import type { EarlierObject } from './record/object-record.ts';

export interface PieceUploading extends Omit<ObjectUploading, 'pieces'>, EndingOthers {
  /** What becomes of the text of a piece before it is sent. */
  readonly pack: (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
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
  const earlier = earlierObjects(journal, fileId);
  await endOthers(await othersOf(order, earlier, kept), earlier, kept.size + 1, order);
  finish(journal, fileId);
  return 'stored';
}

/** An earlier version of the file had more pieces, or others: whoever reads all of them would read rows that are no more. */
async function othersOf(
  { client, key }: PieceUploading,
  earlier: readonly EarlierObject[],
  kept: ReadonlySet<string>,
): Promise<readonly string[]> {
  const stem = pieceStem(key);
  const found = await client.list(stem).catch((error: unknown) => {
    // Who may write need not be allowed to list.
    if (error instanceof UploaderError && (error.code === 'bucket-forbidden' || error.code === 'object-refused')) return [];
    throw error;
  });
  const known = earlier.flatMap(({ keys }) => keys);
  return [...new Set([...found.filter((one) => isPieceKey(one, stem)), ...known])].filter((one) => !kept.has(one)).sort();
}

function finish(journal: Journal, fileId: string): void {
  const all = journal.pieces(fileId);
  journal.completeObject(fileId, {
    etag: undefined,
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    completedAt: Math.max(0, ...all.map(({ completedAt }) => completedAt)),
  });
}
