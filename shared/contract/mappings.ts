import { z } from 'zod';
import { countSchema, idSchema, instantSchema } from './common.ts';
import { mappingSchema } from './mapping.ts';

/** Told apart without regard to upper and lower case. */
export const mappingNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^@\x00-\x1f][^\x00-\x1f]*$/, 'a name does not begin with @');

/** Versions of a name are counted from 1. */
export const mappingVersionSchema = z.number().int().min(1);

/** Which version of a named mapping is meant. */
export const mappingRefSchema = z.strictObject({ id: idSchema, version: mappingVersionSchema });
export type MappingRef = z.infer<typeof mappingRefSchema>;

export const namedMappingSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  /** The newest. */
  version: mappingVersionSchema,
  /** When the newest was saved. */
  savedAt: instantSchema,
  /** Watched folders whose new rows take the newest version. */
  folders: z.array(z.strictObject({ id: idSchema, name: z.string() })),
  /** Files that were sent by one of its versions. */
  filesSent: countSchema,
});
export type NamedMapping = z.infer<typeof namedMappingSchema>;

/** The newest version when none is named. */
export const getMappingSchema = z.strictObject({ name: mappingNameSchema, version: mappingVersionSchema.optional() });

export const mappingContentSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  version: mappingVersionSchema,
  savedAt: instantSchema,
  mapping: mappingSchema,
  /** All that are kept, the newest first. */
  versions: z.array(z.strictObject({ version: mappingVersionSchema, savedAt: instantSchema })),
});

export const saveMappingSchema = z.strictObject({
  name: mappingNameSchema,
  mapping: mappingSchema,
  /** Refuse a name that is taken, in place of adding a version to it. */
  isNew: z.boolean().default(false),
});

/** What a file was sent by: a version of a named mapping, or one of its own. */
export const usedMappingSchema = z.strictObject({
  /** Absent: a mapping of its own. */
  name: z.string().optional(),
  version: mappingVersionSchema.optional(),
  /** Of what changes an event, hex: equal for equal mappings of one destination. */
  digest: z.string(),
  /** Mappings that its first rows were sent by, the oldest first; `untilRow` counted from 1. */
  earlier: z
    .array(
      z.strictObject({
        name: z.string().optional(),
        version: mappingVersionSchema.optional(),
        digest: z.string(),
        untilRow: countSchema,
      }),
    )
    .optional(),
});
export type UsedMapping = z.infer<typeof usedMappingSchema>;
