import { z } from 'zod';
import { objectTargetSchema, type ObjectTarget } from '../../../shared/contract/object-store.ts';

/** `untouched`: the bytes of the file as they are. `rows`: its rows as JSON lines. */
export const objectForms = ['untouched', 'rows'] as const;
export type ObjectForm = (typeof objectForms)[number];

/**
 * `entered` → `uploading` → `complete` (it lies in the bucket) → `referenced` (the service was told) → `received`; in the end perhaps
 * `replaced`, by a later version of the file or by its rows in another form.
 */
export const objectStates = ['entered', 'uploading', 'complete', 'referenced', 'received', 'replaced'] as const;
export type ObjectState = (typeof objectStates)[number];

/** How a file becomes an object: decided once, so that a later run makes the same bytes and the same parts. */
export interface ObjectPlan {
  readonly form: ObjectForm;
  readonly key: string;
  readonly partBytes: number;
  /** The file is gzipped as it is. */
  readonly compressed: boolean;
}

export interface ObjectRecord {
  readonly target: ObjectTarget;
  readonly state: ObjectState;
  readonly plan: ObjectPlan | undefined;
  /** Of an upload in parts that was begun and not completed. */
  readonly uploadId: string | undefined;
  /** Milliseconds since 1970 by the store's clock. */
  readonly completedAt: number | undefined;
}

/** What another version of a file became, or the file by another mapping. */
export interface EarlierObject {
  readonly fileId: string;
  readonly target: ObjectTarget;
  /** Of all its objects. */
  readonly keys: readonly string[];
}

/** A part that has arrived. */
export interface PartRecord {
  readonly number: number;
  readonly bytes: number;
  /** Of its bytes, as hex. */
  readonly sha256: string;
  readonly etag: string;
}

/** One of several objects of a file, whole in the bucket. */
export interface PieceRecord {
  readonly number: number;
  readonly key: string;
  readonly bytes: number;
  readonly etag: string | undefined;
  /** Milliseconds since 1970 by the store's clock, or the service's once it was told. */
  readonly completedAt: number;
}

const number = z.number().int();
const objectRow = z.object({
  target: z.string(),
  state: z.enum(objectStates),
  form: z.enum(objectForms).nullable(),
  key: z.string().nullable(),
  part_bytes: number.nullable(),
  compressed: number,
  upload_id: z.string().nullable(),
  completed_at: number.nullable(),
});

/** A row of the table `objects`. */
export function toObjectRecord(found: unknown): ObjectRecord {
  const row = objectRow.parse(found);
  const { form, key, part_bytes: partBytes } = row;
  return {
    target: objectTargetSchema.parse(JSON.parse(row.target)),
    state: row.state,
    plan: form === null || key === null || partBytes === null ? undefined : { form, key, partBytes, compressed: row.compressed === 1 },
    uploadId: row.upload_id ?? undefined,
    completedAt: row.completed_at ?? undefined,
  };
}

const partRow = z.object({ number, bytes: number, sha256: z.string(), etag: z.string() });

/** A row of the table `object_parts`. */
export const toPartRecord = (found: unknown): PartRecord => partRow.parse(found);

const pieceRow = z.object({
  number,
  key: z.string(),
  bytes: number,
  etag: z.string().nullable(),
  completed_at: number,
  referenced: number,
});

/** A row of the table `object_pieces`. */
export function toPieceRecord(found: unknown): PieceRecord & { readonly isReferenced: boolean } {
  const { etag, completed_at: completedAt, referenced, ...row } = pieceRow.parse(found);
  return { ...row, etag: etag ?? undefined, completedAt, isReferenced: referenced === 1 };
}

const earlierRow = z.object({ file_id: z.string(), target: z.string(), key: z.string() });

/** Rows of file, target and key, several for a file of several objects. */
export function toEarlierObjects(found: readonly unknown[]): readonly EarlierObject[] {
  const all = new Map<string, EarlierObject>();
  for (const one of found) {
    const { file_id: fileId, target, key } = earlierRow.parse(one);
    const keys = [...(all.get(fileId)?.keys ?? []), key];
    all.set(fileId, { fileId, target: objectTargetSchema.parse(JSON.parse(target)), keys });
  }
  return [...all.values()];
}
