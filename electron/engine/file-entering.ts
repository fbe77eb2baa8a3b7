/** discover → record: a file of a transfer, as it is entered into the journal before it is looked into. */
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { stampOf } from './discover/file-stamp.ts';
import { asFailure } from './file-sending.ts';
import { mappingDigest, versionName } from './file-version.ts';
import type { FileRecord } from './record/file-record.ts';
import type { Journal } from './record/journal.ts';
import { recordTarget, targetDigest, type UploadTarget } from './upload-target.ts';

export const newId = (): string => randomBytes(9).toString('base64url').replace(/[-_]/g, 'x');

/** What is known of a file before anything was read of it. */
export interface EnteredFile extends Pick<
  FileRecord,
  'transferId' | 'connectionId' | 'route' | 'folderId' | 'path' | 'mapping' | 'mappingRef' | 'rejectsAccepted'
> {
  readonly target: UploadTarget;
}

/** Returns its id. One that is not there, or cannot be opened, is entered as refused. */
export async function enterFile({ target, ...file }: EnteredFile, journal: Journal): Promise<string> {
  const id = newId();
  const { path } = file;
  const found = await stampOf(path).catch((error: unknown) => asFailure(error));
  const digest = targetDigest(mappingDigest(file.mapping), target);
  journal.addFile({
    id,
    ...file,
    name: basename(path),
    version: versionName(path, digest),
    continues: undefined,
    planned: undefined,
    mappingDigest: digest,
    sizeBytes: 'code' in found ? 0 : found.sizeBytes,
    stamp: 'code' in found ? '' : found.stamp,
    state: 'queued',
  });
  recordTarget(journal, id, target);
  if ('code' in found) journal.setFileState(id, 'refused', found);
  return id;
}
