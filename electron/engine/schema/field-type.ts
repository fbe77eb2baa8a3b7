import type { FieldType } from '../../../shared/contract/schema.ts';

const spellings = new Map<string, FieldType>([
  ['STRING', 'STRING'],
  ['VARCHAR', 'STRING'],
  ['BOOLEAN', 'BOOLEAN'],
  ['INT', 'INT'],
  ['INTEGER', 'INT'],
  ['SMALLINT', 'INT'],
  ['LONG', 'LONG'],
  ['BIGINT', 'LONG'],
  ['FLOAT', 'FLOAT'],
  ['DOUBLE', 'DOUBLE'],
  ['DOUBLE_PRECISION', 'DOUBLE'],
  ['BINARY', 'BYTES'],
  ['BYTES', 'BYTES'],
]);

/** The type that a spelling stands for, in any case and with spaces or underscores; undefined when there is none. */
export const fieldTypeOf = (text: string): FieldType | undefined => spellings.get(text.trim().toUpperCase().replaceAll(' ', '_'));
