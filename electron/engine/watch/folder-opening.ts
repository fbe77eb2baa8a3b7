import type { Failure } from '../../../shared/contract/common.ts';
import type { Folder } from '../../../shared/contract/folders.ts';
import { UploaderError, failure } from '../errors.ts';
import type { Destination } from '../pipeline-parts.ts';
import { mappingDigest } from '../file-version.ts';
import type { FolderSettings } from '../record/folder-store.ts';
import type { MappingInUse } from '../record/held-files-journal.ts';
import { resolveMapping } from './folder-mapping.ts';
import type { FolderRun } from './folder-run.ts';

/** Settings of a folder that runs: with the mapping it uses, and what that is called. */
export type RunSettings = FolderSettings & Pick<Folder, 'namedMapping'>;

export type OpenedFolder =
  | {
      readonly kind: 'open';
      readonly settings: RunSettings;
      readonly mapping: MappingInUse;
      readonly destination: Destination;
    }
  /** Not yet; without a reason while there is no file that says how its rows are read. */
  | { readonly kind: 'closed'; readonly reason: Failure | undefined };

/** Connection, credentials and mapping of a folder. A mapping that was found is kept. `samples`: paths of its files. */
export async function openFolder(run: FolderRun, samples: Iterable<string>): Promise<OpenedFolder> {
  const { settings, parts } = run;
  const connection = parts.connection(settings.connectionId);
  if (connection === undefined) {
    const reason = failure('connection-unknown', `there is no connection ${settings.connectionId}`, {
      connectionId: settings.connectionId,
    });
    return { kind: 'closed', reason };
  }
  const found = await resolveMapping(run, samples, parts.inspectors(), parts.mappings);
  if (found.kind !== 'known') return { kind: 'closed', reason: found.kind === 'incomplete' ? found.failure : undefined };
  const { mapping, named } = found;
  const kept = found.isNew ? { ...settings, mapping } : settings;
  if (found.isNew) parts.store.put(kept, parts.clock.now());
  const ref = named && { id: named.id, version: named.version };
  return {
    kind: 'open',
    settings: named === undefined ? kept : { ...settings, mapping, namedMapping: { name: named.name, version: named.version } },
    mapping: { mapping, digest: mappingDigest(mapping), ref },
    destination: await parts.openDestination(connection, [mapping]),
  };
}

/** Why a folder could not be opened. What nobody expected is told as a bug. */
export function openFailure(error: unknown, onBug: (error: unknown) => void): Failure {
  if (error instanceof UploaderError) return error.toFailure();
  onBug(error);
  return failure('internal', 'the folder cannot be opened');
}
