/** The first rows of files against the schema: of a file that somebody asks about, and of those that were sent or checked. */
import { basename, resolve } from 'node:path';
import type { CommandOutput, ParsedInput } from '../../shared/contract/contract.ts';
import { mappingSchema } from '../../shared/contract/mapping.ts';
import type { DroppedField, SampledFile, SchemaDrift } from '../../shared/contract/sample.ts';
import type { KnownSchema, ServiceSchema } from '../../shared/contract/schema.ts';
import { stampOf } from './discover/file-stamp.ts';
import { UploaderError } from './errors.ts';
import type { ReaderPool } from './reader-pool.ts';
import { mergedFields, type RecordedField } from './record/seen-field-store.ts';
import type { StoredSchema } from './record/schema-store.ts';
import type { SentFile } from './record/sent-files.ts';
import { compileSchema } from './shape/compiled-schema.ts';
import { unknownField } from './shape/unknown-fields.ts';
import { fieldTypesOf } from './schema/known-field-types.ts';

interface SamplesParts {
  readonly readers: () => ReaderPool;
  /** As it is kept; read when it never was. */
  readonly schema: (connectionId: string) => Promise<KnownSchema>;
  /** Which fields the events of a connection had, over all rows that were sent or checked. */
  readonly seen: (connectionId: string) => readonly RecordedField[];
  /** As it is kept; nobody is asked. */
  readonly kept: (connectionId: string) => StoredSchema | undefined;
  /** Files that were sent or checked for a connection, each with its mapping. */
  readonly files: (connectionId: string) => readonly SentFile[];
  readonly maxEventBytes: (connectionId: string) => number;
}

/** Rows of a file that are shown one by one. */
const shownRows = 100;
/** Rows of a file that are looked at for values that the service drops. */
const readRows = 10_000;
/** The newest files that are looked at. */
const filesLookedAt = 30;
const filesNamed = 5;

interface Looked {
  readonly stamp: string;
  readonly readAt: number;
  readonly found: SampledFile['dropped'];
}

export class Samples {
  /** What was found in a file the last time; looked at again when file or schema are others. */
  private readonly looked = new Map<string, Looked>();

  constructor(private readonly parts: SamplesParts) {}

  async simulate({ connectionId, path, mapping }: ParsedInput<'schema.simulate'>): Promise<CommandOutput<'schema.simulate'>> {
    const { schema, readAt, failure } = await this.parts.schema(connectionId);
    if (schema === undefined || readAt === undefined) {
      const { code, message, context } = failure ?? { code: 'not-found' as const, message: 'the schema was never read', context: {} };
      throw new UploaderError(code, message, context);
    }
    const file = { path: resolve(path), name: basename(path), mapping: mapping ?? mappingSchema.parse({}) };
    const sample = await this.sample(connectionId, file, schema, shownRows);
    return { ...sample, schemaReadAt: readAt, ...(failure === undefined ? {} : { schemaFailure: failure }) };
  }

  async unknown(connectionId: string): Promise<CommandOutput<'schema.unknown'>> {
    const kept = this.parts.kept(connectionId);
    if (kept === undefined) return { fields: [], dropped: [], filesRead: 0 };
    const dropped = new Map<string, SchemaDrift['dropped'][number]>();
    let filesRead = 0;
    for (const file of newestOfEach(this.parts.files(connectionId))) {
      const found = await this.foundIn(connectionId, file, kept);
      if (found === undefined) continue;
      filesRead += 1;
      for (const field of found) put(dropped, field, file);
    }
    return { fields: unknownIn(this.parts.seen(connectionId), kept.schema), dropped: [...dropped.values()], filesRead };
  }

  /** Undefined: the file is gone, or cannot be read any more as it was. */
  private async foundIn(connectionId: string, file: SentFile, { schema, readAt }: StoredSchema): Promise<Looked['found'] | undefined> {
    const key = JSON.stringify([connectionId, file.path, file.mapping]);
    try {
      const { stamp } = await stampOf(file.path);
      const last = this.looked.get(key);
      if (last?.stamp === stamp && last.readAt === readAt) return last.found;
      const { dropped } = await this.sample(connectionId, file, schema, 0);
      if (this.looked.size >= 10 * filesLookedAt) this.looked.clear();
      this.looked.set(key, { stamp, readAt, found: dropped });
      return dropped;
    } catch (error) {
      if (error instanceof UploaderError) return undefined;
      throw error;
    }
  }

  private sample(
    connectionId: string,
    { path, name, mapping }: Omit<SentFile, 'at'>,
    schema: ServiceSchema,
    shown: number,
  ): Promise<SampledFile> {
    const rows = { shownRows: shown, readRows, maxEventBytes: this.parts.maxEventBytes(connectionId) };
    return this.parts.readers().sample({ path, fileName: name, mapping, schema, fieldTypes: fieldTypesOf(schema), ...rows });
  }
}

function newestOfEach(files: readonly SentFile[]): readonly SentFile[] {
  const newest = new Map<string, SentFile>();
  for (const file of [...files].sort((a, b) => b.at - a.at)) {
    const key = JSON.stringify([file.path, file.mapping]);
    if (!newest.has(key)) newest.set(key, file);
  }
  return [...newest.values()].slice(0, filesLookedAt);
}

/** What was seen and the schema does not have; of one metric type, whether it was sent by its name or an alias. */
function unknownIn(seen: readonly RecordedField[], schema: ServiceSchema): SchemaDrift['fields'] {
  const compiled = compileSchema(schema);
  const found = new Map<string, RecordedField>();
  for (const field of seen) {
    const metric = compiled.metric(field.metric);
    const { name } = field;
    if (metric.fields.has(name) || metric.timestampKeys.includes(name) || compiled.metricKeys.includes(name)) continue;
    const key = JSON.stringify([metric.name, name]);
    const known = found.get(key);
    found.set(key, known === undefined ? { ...field, metric: metric.name } : mergedFields(known, field));
  }
  return [...found.values()].map(({ files, ...field }) => ({ ...unknownField(compiled.metric(field.metric), field), files: [...files] }));
}

type Dropped = SchemaDrift['dropped'][number];

/** Adds what a file has to what those before it had. */
function put(all: Map<string, Dropped>, field: DroppedField, { name, at }: SentFile): void {
  const key = JSON.stringify([field.metric, field.name]);
  const known = all.get(key);
  if (known === undefined) {
    all.set(key, { ...field, files: [{ name, at }] });
    return;
  }
  const isNamed = known.files.some((file) => file.name === name);
  all.set(key, {
    ...known,
    values: known.values + field.values,
    examples: [...new Set([...known.examples, ...field.examples])].slice(0, 3),
    files: isNamed ? known.files : [...known.files, { name, at }].slice(0, filesNamed),
  });
}
