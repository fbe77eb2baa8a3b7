/** How the rows of a folder become events: as it is set, by the newest version of a named mapping, or as its first readable file suggests. */
import type { Failure } from '../../../shared/contract/common.ts';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import { failure } from '../errors.ts';
import type { NamedMappings } from '../named-mappings.ts';
import type { ReaderPool } from '../reader-pool.ts';
import type { FolderSettings } from '../record/folder-store.ts';
import type { StoredVersion } from '../record/mapping-store.ts';

export type FolderMapping =
  | { readonly kind: 'known'; readonly mapping: Mapping; readonly isNew: boolean; readonly named?: StoredVersion }
  /** There is no file yet that says. */
  | { readonly kind: 'open' }
  /** A person has to say something first. */
  | { readonly kind: 'incomplete'; readonly failure: Failure };

/** Files that are asked before it is left to later ones. */
const mostFiles = 20;
const maxEventBytes = 375_000;

const withMetricType = (mapping: Mapping, metricType: string | undefined): Mapping =>
  metricType === undefined ? mapping : { ...mapping, metricType: { kind: 'constant', value: metricType } };

/** @param files relative to the folder, in the order in which they are asked */
export async function resolveMapping(
  folder: { readonly settings: FolderSettings; absolute(file: string): string },
  files: Iterable<string>,
  readers: ReaderPool,
  mappings: Pick<NamedMappings, 'newest'>,
): Promise<FolderMapping> {
  const { settings } = folder;
  if (settings.mappingId !== undefined) {
    const named = mappings.newest(settings.mappingId);
    return { kind: 'known', mapping: withMetricType(named.mapping, settings.metricType), isNew: false, named };
  }
  if (settings.mapping !== undefined)
    return { kind: 'known', mapping: withMetricType(settings.mapping, settings.metricType), isNew: false };
  let asked = 0;
  let incomplete: Failure | undefined;
  for (const file of files) {
    if (asked >= mostFiles) break;
    asked += 1;
    const path = folder.absolute(file);
    const found = await readers.inspect({ path, format: undefined, mapping: undefined, maxEventBytes });
    if (found.refusal !== undefined || found.columns.length === 0) continue;
    const missing = found.missing.filter((part) => part !== 'metricType' || settings.metricType === undefined);
    // What the format of other files is, they say themselves.
    const { delimiter: _delimiter, columns: _columns, ...format } = found.suggestion.format;
    const mapping = withMetricType({ ...found.suggestion, format: { ...format, kind: 'auto' } }, settings.metricType);
    if (missing.length === 0) return { kind: 'known', mapping, isNew: true };
    incomplete ??= missing.includes('metricType')
      ? failure('metric-type-unknown', `${path}: which metric type its rows belong to has to be said`, { path })
      : failure('timestamp-column-unknown', `${path}: which column holds the time has to be said`, { path });
  }
  return incomplete === undefined ? { kind: 'open' } : { kind: 'incomplete', failure: incomplete };
}
