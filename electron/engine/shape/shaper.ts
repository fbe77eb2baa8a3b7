import type { Failure } from '../../../shared/contract/common.ts';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import type { ServiceSchema } from '../../../shared/contract/schema.ts';
import type { RejectCode } from '../../../shared/error-codes.ts';
import { failure } from '../errors.ts';
import type { SeenFields } from './seen-fields.ts';
import { jsonString } from './json-text.ts';

/** Why a row does not become an event. `column` is empty when the row as a whole is at fault. */
export interface ShapeReject {
  readonly code: RejectCode;
  readonly column: string;
  readonly reason: string;
}

/** The JSON text of the event, or why there is none. */
export type Shaped = string | ShapeReject;

/** Types of the fields of each metric type, as the schema names them; empty when the schema could not be read. */
export type FieldTypes = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface ShapeSettings {
  readonly mapping: Mapping;
  /** Name of the file, for metric types taken from it. */
  readonly fileName: string;
  readonly fieldTypes: FieldTypes;
  /** Of the tenant, where it is known; mappings that leave something to the schema need it. */
  readonly schema?: ServiceSchema | undefined;
  /** UTF-8 bytes of one event. */
  readonly maxEventBytes: number;
  /** The rows do not go to the service, so that a mapping may do without metric type and timestamp. */
  readonly pastService?: boolean | undefined;
  /** Gets the names of the fields of every event, where that is wanted. */
  readonly seen?: SeenFields | undefined;
}

export type Compiled<T> = { readonly ok: true; readonly shape: T } | { readonly ok: false; readonly failure: Failure };

export const reject = (code: RejectCode, column: string, reason: string): ShapeReject => ({ code, column, reason });

/** The metric type that all rows of the file have, when the mapping says so; a failure when the file name has none. */
export function constantMetricType(mapping: Mapping, fileName: string): { readonly value: string | undefined } | Failure {
  const { metricType } = mapping;
  if (metricType.kind === 'constant') return { value: metricType.value };
  if (metricType.kind === 'column' || metricType.kind === 'none') return { value: undefined };
  let pattern: RegExp;
  try {
    pattern = new RegExp(metricType.pattern, 'u');
  } catch {
    return failure('mapping-invalid', `metricType.pattern is not a regular expression: ${metricType.pattern}`, {
      key: 'metricType.pattern',
    });
  }
  const value = pattern.exec(fileName)?.[1];
  if (value === undefined || value === '') {
    return failure('metric-type-unknown', `the name ${fileName} does not match the pattern ${metricType.pattern} of the metric type`, {
      fileName,
      pattern: metricType.pattern,
    });
  }
  return { value };
}

/** `,"name":value` for each constant field, ready to be appended to an event. */
export const constantsText = (mapping: Mapping): string =>
  Object.entries(mapping.constants)
    .map(([name, value]) => `,${jsonString(name)}:${JSON.stringify(value)}`)
    .join('');

/** Whether values of this field go out as text although they look like numbers. */
export function isTextField(mapping: Mapping, types: ReadonlyMap<string, string> | undefined, field: string): boolean {
  if (mapping.numbers === 'text') return true;
  if (mapping.numbers === 'number') return false;
  const type = types?.get(field);
  return type === 'STRING' || type === 'BYTES' || type === 'BOOLEAN';
}

/** The reject for an event that is too large, or undefined. */
export function sizeReject(text: string, maxEventBytes: number): ShapeReject | undefined {
  if (text.length * 3 <= maxEventBytes) return undefined;
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes <= maxEventBytes) return undefined;
  return reject('event-too-large', '', `the event has ${bytes} bytes, the service takes at most ${maxEventBytes}`);
}
