/** Mappings that are saved under a name: for uploads, folders and the command line alike. */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { CommandOutput, ParsedInput } from '../../shared/contract/contract.ts';
import { mappingSchema, type Mapping } from '../../shared/contract/mapping.ts';
import type { MappingRef, NamedMapping } from '../../shared/contract/mappings.ts';
import { UploaderError } from './errors.ts';
import type { MappingStore, StoredMapping, StoredVersion } from './record/mapping-store.ts';

interface NamedMappingsParts {
  readonly store: MappingStore;
  readonly now: () => number;
  /** The folders that use a mapping. */
  readonly foldersOf: (id: string) => readonly NamedMapping['folders'][number][];
  /** It has a newer version, or another name. */
  readonly onChange: (id: string) => void;
}

interface UsedGiven {
  readonly mapping?: Mapping | undefined;
  readonly mappingRef?: MappingRef | undefined;
}

export class NamedMappings {
  constructor(private readonly parts: NamedMappingsParts) {}

  list(): readonly NamedMapping[] {
    return this.parts.store.list().map((stored) => this.shown(stored));
  }

  /** Throws `mapping-unknown`. */
  get({ name, version }: ParsedInput<'mappings.get'>): CommandOutput<'mappings.get'> {
    const head = this.parts.store.named(name);
    if (head === undefined) throw unknown(name);
    const found = this.version({ id: head.id, version: version ?? head.version });
    return { ...found, versions: [...this.parts.store.versions(head.id)] };
  }

  /** Throws `mapping-unknown` when there is no such version. */
  version(ref: MappingRef): StoredVersion {
    const found = this.parts.store.version(ref);
    if (found === undefined) throw unknown(`${ref.id} version ${String(ref.version)}`);
    return found;
  }

  /** The newest version. Throws `mapping-unknown`. */
  newest(id: string): StoredVersion {
    const head = this.parts.store.get(id);
    if (head === undefined) throw unknown(id);
    return this.version(head);
  }

  /** Throws `mapping-name-taken` where a new name was wanted. */
  save({ name, mapping, isNew }: ParsedInput<'mappings.save'>): NamedMapping {
    const { store, now, onChange } = this.parts;
    const content = contentOf(mapping);
    const known = store.named(name);
    if (known === undefined) return this.shown(this.head(store.add(`m${randomBytes(6).toString('hex')}`, name, text(content), now())));
    if (isNew) throw taken(known.name);
    if (!isDeepStrictEqual(contentOf(this.version(known).mapping), content)) {
      store.addVersion(known.id, text(content), now());
      onChange(known.id);
    }
    return this.shown(this.head(known.id));
  }

  /** Throws `mapping-unknown`, `mapping-name-taken`. */
  rename({ id, name }: ParsedInput<'mappings.rename'>): NamedMapping {
    this.head(id);
    const other = this.parts.store.named(name);
    if (other !== undefined && other.id !== id) throw taken(other.name);
    this.parts.store.rename(id, name);
    this.parts.onChange(id);
    return this.shown(this.head(id));
  }

  /** Throws `mapping-unknown`, or `mapping-in-use`, naming the folders. */
  remove(id: string): void {
    const { name } = this.head(id);
    const folders = this.parts.foldersOf(id);
    if (folders.length > 0) {
      const names = folders.map((folder) => folder.name).join(', ');
      throw new UploaderError('mapping-in-use', `${name} is used by ${names}`, { mapping: name, folders: names });
    }
    this.parts.store.remove(id, this.parts.now());
  }

  /**
   * What a file is sent by. A version that is named and does not say what the mapping says, but perhaps of the metric type and of
   * how the file is read, is not what it was sent by. Throws `mapping-unknown`.
   */
  used({ mapping, mappingRef: ref }: UsedGiven): UsedGiven & { readonly mapping: Mapping } {
    if (ref === undefined) return { mapping: mapping ?? mappingSchema.parse({}), mappingRef: undefined };
    const version = this.version(ref).mapping;
    if (mapping === undefined) return { mapping: version, mappingRef: ref };
    return { mapping, mappingRef: isOf(mapping, version) ? ref : undefined };
  }

  /** Throws `not-found`. */
  ofFile(fileId: string): Mapping {
    const found = this.parts.store.ofFile(fileId);
    if (found === undefined) throw new UploaderError('not-found', `there is no file ${fileId}`, { fileId });
    return found;
  }

  private head(id: string): StoredMapping {
    const found = this.parts.store.get(id);
    if (found === undefined) throw unknown(id);
    return found;
  }

  private shown(stored: StoredMapping): NamedMapping {
    return { ...stored, folders: [...this.parts.foldersOf(stored.id)], filesSent: this.parts.store.filesSent(stored.id) };
  }
}

/** What it is called is not a part of what it says. */
function contentOf(mapping: Mapping): Mapping {
  const { name: _name, $schema: _schema, ...content } = mapping;
  return content;
}

/** Metric type and format are said anew for files that need others. */
const isOf = (mapping: Mapping, version: Mapping): boolean =>
  isDeepStrictEqual({ ...contentOf(mapping), metricType: '', format: '' }, { ...contentOf(version), metricType: '', format: '' });

const text = (mapping: Mapping): string => JSON.stringify(mapping);

const unknown = (name: string): UploaderError => new UploaderError('mapping-unknown', `there is no mapping ${name}`, { mapping: name });

const taken = (name: string): UploaderError =>
  new UploaderError('mapping-name-taken', `there is a mapping ${name} already`, { mapping: name });
