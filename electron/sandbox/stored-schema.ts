/** The schema of the tenant as it stands in the database. */
import { z } from 'zod';
import { fieldTypes } from './field-types.ts';

const names = z.array(z.string());

export const storedTenantSchema = z.strictObject({ timestampPatterns: names, metricKeys: names });

export const storedMetricSchema = z.strictObject({
  id: z.number().int(),
  name: z.string(),
  aliases: names,
  timestampPatterns: names,
  timestampAliases: names,
  fields: z.array(z.strictObject({ name: z.string(), aliases: names, type: z.enum(fieldTypes) })),
});
