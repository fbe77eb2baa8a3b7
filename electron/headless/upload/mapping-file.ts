import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { mappingSchema, type Mapping } from '../../../shared/contract/mapping.ts';
import { mappingNameSchema, type MappingRef } from '../../../shared/contract/mappings.ts';
import type { Engine } from '../../engine/engine.ts';
import { UploaderError } from '../../engine/errors.ts';

/** Reads a mapping, defaults filled in. Throws `mapping-invalid`, saying which keys are wrong and how. */
export async function readMappingFile(file: string): Promise<Mapping> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new UploaderError('mapping-invalid', `the mapping ${file} cannot be read: ${codeOf(cause)}`, { path: file }, cause);
  }
  return parseMapping(text, file);
}

/** What `--mapping` means: `@` and the name of a saved mapping, else the path of a file. */
export function mappingOption(text: string | undefined, cwd: string): Pick<MappingChosen, 'mappingFile' | 'mappingName'> {
  if (text === undefined) return { mappingFile: undefined, mappingName: undefined };
  if (text.startsWith('@')) return { mappingFile: undefined, mappingName: text.slice(1).trim() };
  return { mappingFile: path.resolve(cwd, text), mappingName: undefined };
}

export interface MappingChosen {
  /** Absolute. */
  readonly mappingFile: string | undefined;
  /** Of a saved mapping, in its newest version. */
  readonly mappingName: string | undefined;
}

/** The mapping that was chosen, and which version of a named one it is. Throws `mapping-unknown`, `mapping-invalid`. */
export function namedMapping(
  engine: Pick<Engine, 'mappings'>,
  { mappingName }: Pick<MappingChosen, 'mappingName'>,
): { readonly mapping: Mapping; readonly ref: MappingRef } | undefined {
  if (mappingName === undefined) return undefined;
  const name = mappingNameSchema.safeParse(mappingName);
  if (!name.success) throw new UploaderError('mapping-unknown', `there is no mapping ${mappingName}`, { mapping: mappingName });
  const { mapping, id, version } = engine.mappings.get({ name: name.data });
  return { mapping, ref: { id, version } };
}

/** `name` is what messages call it. */
export function parseMapping(text: string, name: string): Mapping {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'it cannot be parsed';
    throw new UploaderError('mapping-invalid', `${name} is not JSON: ${detail}`, { path: name }, cause);
  }
  const parsed = mappingSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${keyPath(issue.path)}: ${issue.message}`);
  throw new UploaderError('mapping-invalid', `${name} is not a mapping; ${problems.join('; ')}`, {
    path: name,
    key: parsed.error.issues[0] ? keyPath(parsed.error.issues[0].path) : '',
  });
}

/** `timestamp.patterns[0]`, as one would write it in code; `(the whole)` for the outermost value. */
export function keyPath(keys: z.core.$ZodIssue['path']): string {
  const text = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? '(the whole)' : text.replace(/^\./, '');
}

const codeOf = (cause: unknown): string => (cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason');
