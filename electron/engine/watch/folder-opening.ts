import type { Failure } from '../../../shared/contract/common.ts';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import { UploaderError, failure } from '../errors.ts';
import type { Destination } from '../pipeline-parts.ts';
import type { FolderSettings } from '../record/folder-store.ts';
import { resolveMapping } from './folder-mapping.ts';
import type { FolderRun } from './folder-run.ts';

export type OpenedFolder =
  | {
      readonly kind: 'open';
      readonly settings: FolderSettings;
      readonly mapping: Mapping;
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
  const found = await resolveMapping(run, samples, parts.inspectors());
  if (found.kind !== 'known') return { kind: 'closed', reason: found.kind === 'incomplete' ? found.failure : undefined };
  const { mapping } = found;
  const kept = found.isNew ? { ...settings, mapping } : settings;
  if (found.isNew) parts.store.put(kept, parts.clock.now());
  return { kind: 'open', settings: kept, mapping, destination: await parts.openDestination(connection, [mapping]) };
}

/** Why a folder could not be opened. What nobody expected is told as a bug. */
export function openFailure(error: unknown, onBug: (error: unknown) => void): Failure {
  if (error instanceof UploaderError) return error.toFailure();
  onBug(error);
  return failure('internal', 'the folder cannot be opened');
}
