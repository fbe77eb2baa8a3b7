import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { mappingSchema, type Mapping } from '../../../shared/contract/mapping.ts';
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
export function keyPath(path: z.core.$ZodIssue['path']): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? '(the whole)' : text.replace(/^\./, '');
}

const codeOf = (cause: unknown): string => (cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason');
