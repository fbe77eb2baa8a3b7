/** Where the files of an upload go when that is not the service itself: an object of a bucket, or a managed stream. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Connection } from '../../shared/contract/connections.ts';
import type { ParsedInput } from '../../shared/contract/contract.ts';
import type { DirectStream, DirectTarget } from '../../shared/contract/direct-stream.ts';
import type { ObjectTarget } from '../../shared/contract/object-store.ts';
import { isDirectRoute, type DirectRoute } from '../../shared/model/route.ts';
import { UploaderError } from './errors.ts';
import { objectDigest, objectTargetOf } from './object-key.ts';
import type { Journal } from './record/journal.ts';

export type UploadTarget =
  | { readonly kind: 'service' }
  | { readonly kind: 'object'; readonly target: ObjectTarget }
  | { readonly kind: 'stream'; readonly route: DirectRoute; readonly target: DirectTarget };

/** Throws `bucket-missing`, `stream-missing` when the route needs one and none is named. */
export function uploadTargetOf(
  { route, objectStore, directStream }: Pick<ParsedInput<'uploads.start'>, 'route' | 'objectStore' | 'directStream'>,
  connection: Connection,
): UploadTarget {
  if (route === 's3') return { kind: 'object', target: objectTargetOf(connection, objectStore) };
  if (isDirectRoute(route)) return { kind: 'stream', route, target: directTargetOf(connection, directStream) };
  return { kind: 'service' };
}

function directTargetOf({ name, region }: Pick<Connection, 'name' | 'region'>, given: DirectStream | undefined): DirectTarget {
  if (given === undefined) throw new UploaderError('stream-missing', `no stream is named for the upload by ${name}`, { connection: name });
  return { ...given, region: given.region ?? region };
}

/** Tells files apart by all that decides where their rows go: what one bucket or stream has, another has not. */
export function targetDigest(mappingDigest: string, to: UploadTarget): string {
  if (to.kind === 'service') return mappingDigest;
  if (to.kind === 'object') return objectDigest(mappingDigest, to.target, hostname());
  const { name, endpoint, region } = to.target;
  const parts = [mappingDigest, to.route, name, endpoint ?? '', region];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** Enters it into the journal for a file, so that a later run goes on there. */
export function recordTarget(journal: Journal, fileId: string, to: UploadTarget): void {
  if (to.kind === 'object') journal.addObject(fileId, to.target);
  if (to.kind === 'stream') journal.addDirectStream(fileId, to.target);
}
