/** Field types and which values each takes (fineo-api.md, Schema). */
export const fieldTypes = ['STRING', 'BOOLEAN', 'INT', 'LONG', 'FLOAT', 'DOUBLE', 'BYTES'] as const;
export type FieldType = (typeof fieldTypes)[number];

const spellings: Readonly<Record<string, FieldType>> = {
  STRING: 'STRING',
  VARCHAR: 'STRING',
  BOOLEAN: 'BOOLEAN',
  INTEGER: 'INT',
  INT: 'INT',
  SMALLINT: 'INT',
  LONG: 'LONG',
  BIGINT: 'LONG',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
  DOUBLE_PRECISION: 'DOUBLE',
  BINARY: 'BYTES',
  BYTES: 'BYTES',
};

/** The type as it is read back; undefined when there is none of that name. */
export const fieldTypeOf = (text: string): FieldType | undefined => {
  const spelling = text.trim().toUpperCase().replace(/ +/g, '_');
  return Object.hasOwn(spellings, spelling) ? spellings[spelling] : undefined;
};

const isInteger = (text: string, bits: number): boolean => {
  if (!/^[+-]?\d{1,40}$/.test(text)) return false;
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(bits, value) === value;
};

/** Whether a value, as text, can be stored in a field of the type. The service drops what cannot, without a word. */
export const fitsType = (text: string, type: FieldType): boolean => {
  switch (type) {
    case 'STRING':
    case 'BYTES':
      return true;
    case 'BOOLEAN':
      return /^(true|false)$/i.test(text);
    case 'INT':
      return isInteger(text, 32);
    case 'LONG':
      return isInteger(text, 64);
    case 'FLOAT':
    case 'DOUBLE':
      return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text);
  }
};
