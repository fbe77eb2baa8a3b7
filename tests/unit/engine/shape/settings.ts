import { mappingSchema, type MappingInput } from '../../../../shared/contract/mapping.ts';
import { createCsvEncoder, type CsvEncoder, type CsvEncoding } from '../../../../electron/engine/shape/csv-encoder.ts';
import { compileCsvShaper, type CsvPlan, type CsvShaper } from '../../../../electron/engine/shape/csv-event.ts';
import { compileNdjsonShaper, type NdjsonShaper } from '../../../../electron/engine/shape/ndjson-event.ts';
import type { Shaped, ShapeReject, ShapeSettings } from '../../../../electron/engine/shape/shaper.ts';

export const settings = (mapping: MappingInput = {}, change: Partial<Omit<ShapeSettings, 'mapping'>> = {}): ShapeSettings => ({
  mapping: mappingSchema.parse(mapping),
  fileName: 'file.csv',
  fieldTypes: new Map(),
  maxEventBytes: 375_000,
  ...change,
});

export function csvShaper(shapeSettings: ShapeSettings, columns: readonly string[]): CsvShaper {
  const compiled = compileCsvShaper(shapeSettings, columns);
  if (!compiled.ok) throw new Error(`${compiled.failure.code}: ${compiled.failure.message}`);
  return compiled.shape;
}

export function ndjsonShaper(shapeSettings: ShapeSettings): NdjsonShaper {
  const compiled = compileNdjsonShaper(shapeSettings);
  if (!compiled.ok) throw new Error(`${compiled.failure.code}: ${compiled.failure.message}`);
  return compiled.shape;
}

export function eventOf(shaped: Shaped): string {
  if (typeof shaped !== 'string') throw new Error(`rejected: ${shaped.code}: ${shaped.reason}`);
  return shaped;
}

export function rejectOf(shaped: Shaped): ShapeReject {
  if (typeof shaped === 'string') throw new Error(`not rejected: ${shaped}`);
  return shaped;
}

/** The encoder of a plan; every mapping of these tests has one. */
export function encoderOf(plan: CsvPlan | undefined, encoding: CsvEncoding): CsvEncoder | undefined {
  if (plan === undefined) throw new Error('the mapping has no plan');
  return createCsvEncoder(plan, encoding);
}
