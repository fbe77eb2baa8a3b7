import type { FieldType, ServiceSchema } from '../../../shared/contract/schema.ts';

/** The types of the fields by every name of metric type and field, as an upload takes them from the same schema. */
export const fieldTypesOf = (
  schema: ServiceSchema | undefined,
): readonly (readonly [string, readonly (readonly [string, FieldType])[]])[] =>
  (schema?.metrics ?? []).flatMap((metric) => {
    const fields = metric.fields.flatMap(({ name, aliases, type }) =>
      type === undefined ? [] : [name, ...aliases].map((one) => [one, type] as const),
    );
    return [metric.name, ...metric.aliases].map((name) => [name, fields] as const);
  });
