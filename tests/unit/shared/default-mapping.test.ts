import { expect, it } from 'vitest';
import { formatSchema, mappingSchema } from '../../../shared/contract/mapping.ts';
import { defaultFormat, defaultMapping } from '../../../shared/model/default-mapping.ts';

it('an empty mapping means the same whether a schema fills it in or not', () => {
  expect(formatSchema.parse({})).toEqual(defaultFormat);
  expect(mappingSchema.parse({})).toEqual(defaultMapping);
});
