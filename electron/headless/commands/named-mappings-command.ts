/** `mapping list|show|save|export|import|rename|remove`: mappings that are kept under a name in the data folder. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import { mappingNameSchema, mappingVersionSchema, type NamedMapping } from '../../../shared/contract/mappings.ts';
import { UploaderError } from '../../engine/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { withEngine, type CliContext } from '../cli-context.ts';
import { resolveDataDir } from '../data-dir.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { countText } from '../terminal/number-text.ts';
import { printable, textTable } from '../terminal/text-table.ts';
import { readMappingFile } from '../upload/mapping-file.ts';
import { numberFrom } from '../upload/number-option.ts';
import { parseFlags } from '../upload/upload-options.ts';

const flagsSchema = z.object({
  json: z.boolean().default(false),
  dataDir: z.string().min(1).optional(),
  version: numberFrom(mappingVersionSchema).optional(),
  name: mappingNameSchema.optional(),
});
type Flags = z.infer<typeof flagsSchema>;

async function within(given: unknown, context: CliContext, use: (engine: Engine, flags: Flags) => Promise<void> | void): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    await use(engine, flags);
    return exitCodes.done;
  });
}

/** Throws `input-invalid`. */
function nameOf(text: string): string {
  const name = mappingNameSchema.safeParse(text.replace(/^@/, ''));
  if (!name.success) throw new UploaderError('input-invalid', `${text} is no name of a mapping: ${name.error.issues[0]?.message ?? ''}`);
  return name.data;
}

export const listMappings = (given: unknown, context: CliContext): Promise<ExitCode> =>
  within(given, context, ({ mappings }, { json }) => {
    const list = mappings.list();
    if (json) for (const mapping of list) context.output.object({ kind: 'mapping', ...mapping });
    else if (list.length === 0) context.output.line('No mapping is saved yet.');
    else tableOf(list).forEach((line) => context.output.line(line));
  });

const tableOf = (list: readonly NamedMapping[]): readonly string[] =>
  textTable(
    [
      { title: 'Name' },
      { title: 'Version', align: 'right' },
      { title: 'Saved (UTC)' },
      { title: 'Files sent', align: 'right' },
      { title: 'Used by' },
    ],
    list.map(({ name, version, savedAt, filesSent, folders }) => [
      printable(name),
      String(version),
      new Date(savedAt).toISOString().replace('T', ' ').slice(0, 19),
      countText(filesSent),
      folders.map((folder) => printable(folder.name)).join(', '),
    ]),
    48,
  );

/** The mapping alone goes to standard output, so that it can be kept as a file; with --json all that is known of it. */
export const showMapping = (name: string, given: unknown, context: CliContext): Promise<ExitCode> =>
  within(given, context, ({ mappings }, { json, version }) => {
    const found = mappings.get({ name: nameOf(name), version });
    if (json) context.output.object({ kind: 'mapping', ...found });
    else linesOf(found.mapping).forEach((line) => context.output.line(line));
  });

export const saveMapping = (name: string, file: string, given: unknown, context: CliContext): Promise<ExitCode> =>
  within(given, context, async ({ mappings }, { json }) => {
    const mapping = await readMappingFile(path.resolve(context.cwd, file));
    const before = mappings.list().find((known) => known.name.toLowerCase() === nameOf(name).toLowerCase())?.version;
    tellSaved(mappings.save({ name: nameOf(name), mapping, isNew: false }), before, json, context);
  });

export const exportMapping = (name: string, file: string | undefined, given: unknown, context: CliContext): Promise<ExitCode> =>
  within(given, context, async ({ mappings }, { json, version }) => {
    const found = mappings.get({ name: nameOf(name), version });
    const lines = linesOf({ ...found.mapping, name: found.name });
    if (file === undefined) {
      lines.forEach((line) => context.output.line(line));
      return;
    }
    const target = path.resolve(context.cwd, file);
    await writeFile(target, `${lines.join('\n')}\n`).catch((cause: unknown) => {
      throw new UploaderError('input-invalid', `${target} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`);
    });
    if (json) context.output.object({ kind: 'exported', name: found.name, version: found.version, path: target });
    else context.output.line(`${printable(found.name)}, version ${String(found.version)}, is written to ${printable(target)}.`);
  });

/** A name that is taken is refused: what it says now is not replaced without being meant to. */
export const importMapping = (file: string, given: unknown, context: CliContext): Promise<ExitCode> =>
  within(given, context, async ({ mappings }, { json, name }) => {
    const source = path.resolve(context.cwd, file);
    const mapping = await readMappingFile(source);
    const wanted = name ?? nameOf(mapping.name ?? path.basename(source).replace(/(\.mapping)?\.json$/i, ''));
    tellSaved(mappings.save({ name: wanted, mapping, isNew: true }), undefined, json, context);
  });

export const renameMapping = (name: string, newName: string, given: unknown, context: CliContext): Promise<ExitCode> =>
  within(given, context, ({ mappings }, { json }) => {
    const { id, name: before } = mappings.get({ name: nameOf(name) });
    const renamed = mappings.rename({ id, name: nameOf(newName) });
    if (json) context.output.object({ kind: 'mapping', ...renamed });
    else context.output.line(`${printable(before)} is called ${printable(renamed.name)} now.`);
  });

export const removeMapping = (name: string, given: unknown, context: CliContext): Promise<ExitCode> =>
  within(given, context, ({ mappings }, { json }) => {
    const { id, name: known } = mappings.get({ name: nameOf(name) });
    mappings.remove(id);
    if (json) context.output.object({ kind: 'removed', id, name: known });
    else context.output.line(`${printable(known)} is removed.`);
  });

function tellSaved(saved: NamedMapping, before: number | undefined, json: boolean, { output }: CliContext): void {
  if (json) output.object({ kind: 'saved', ...saved, isNewVersion: saved.version !== before });
  else if (saved.version === before) output.line(`${printable(saved.name)} says that already: it stays version ${String(before)}.`);
  else output.line(`${printable(saved.name)}, version ${String(saved.version)}, is saved.`);
}

const linesOf = (mapping: Mapping): readonly string[] => JSON.stringify(mapping, null, 2).split('\n');
