/** Schemas, mappings and rows as they can be, and as they should not be: names that clash, values that do not fit, times in every form. */
import fc from 'fast-check';
import type { FieldType, ServiceSchema } from '../../shared/contract/schema.ts';
import { mappingSchema, type Mapping, type MappingInput } from '../../shared/contract/mapping.ts';

const metricNames = ['weather', 'Wind', 'süd west', 'unheard of'] as const;
const metricAliases = ['wx', 'w', 'WEATHER'] as const;
const fieldNames = ['temp', 'count', 'flag', 'note', 'ratio', 'big'] as const;
const fieldAliases = ['t', 'c', 'Temp', 'n'] as const;
const timeAliases = ['when', 'ts'] as const;
const metricKeys = ['type', 'kind'] as const;
const patterns = ['uuuu-MM-dd HH:mm', 'ISO_INSTANT', 'dd.MM.uuuu HH:mm:ss@ UTC+1', 'uuuuMMddHHmmss', 'RFC_1123_DATE_TIME'] as const;
const types = ['STRING', 'BOOLEAN', 'INT', 'LONG', 'FLOAT', 'DOUBLE', 'BYTES'] as const satisfies readonly FieldType[];

const some = <T>(values: readonly T[], max = values.length): fc.Arbitrary<T[]> => fc.subarray([...values], { maxLength: max });

/** No name twice within its parent, as the service holds it. */
const schemaOf = (
  names: readonly string[],
  aliases: readonly string[],
  details: readonly {
    readonly fields: readonly string[];
    readonly aliases: readonly string[];
    readonly types: readonly FieldType[];
    readonly times: readonly string[];
    readonly patterns: readonly string[];
  }[],
  tenant: ServiceSchema['tenant'],
): ServiceSchema => ({
  tenant,
  metrics: names.map((name, at) => {
    const detail = details[at];
    return {
      name,
      aliases: aliases.filter((_alias, index) => index % names.length === at),
      timestampPatterns: [...(detail?.patterns ?? [])],
      timestampAliases: [...(detail?.times ?? [])],
      fields: (detail?.fields ?? []).map((field, index) => ({
        name: field,
        aliases: (detail?.aliases ?? []).filter((_alias, which) => which % (detail?.fields.length ?? 1) === index),
        type: detail?.types[index] ?? 'STRING',
      })),
    };
  }),
});

const detail = fc.record({
  fields: some(fieldNames),
  aliases: some(fieldAliases),
  types: fc.array(fc.constantFrom(...types), { minLength: 6, maxLength: 6 }),
  times: some(timeAliases),
  patterns: some(patterns, 2),
});

export const schemas: fc.Arbitrary<ServiceSchema> = fc
  .tuple(
    some(metricNames.slice(0, 3)).filter((names) => names.length > 0),
    some(metricAliases),
    fc.array(detail, { minLength: 3, maxLength: 3 }),
    fc.record({ metricKeys: some(metricKeys), timestampPatterns: some(patterns, 2) }),
  )
  .map(([names, aliases, details, tenant]) => schemaOf(names, aliases, details, tenant));

const ordinary = [...fieldNames, ...fieldAliases, 'other', 'another one'];
const special = ['metrictype', 'timestamp', ...timeAliases, ...metricKeys];
const forbidden = ['companykey', '_fx', 'T1¦¦x'];

/** Names of columns: mostly what rows have, now and then what they must not. */
export const columnNames: fc.Arbitrary<readonly string[]> = fc
  .tuple(some(special), some(ordinary, 6), fc.nat(14), fc.constantFrom(...forbidden))
  .chain(([specials, ordinaries, chance, bad]) =>
    fc
      .shuffledSubarray(['note', ...specials, ...ordinaries.filter((one) => one !== 'note'), ...(chance === 0 ? [bad] : [])], {
        minLength: 1,
      })
      .map((all) => (all.includes('timestamp') || chance === 1 ? all : [...all, 'timestamp'])),
  )
  .map((all) => [...new Set(all)]);

const times = [
  '1490638685521',
  '1490638685522',
  '1490638685523',
  '1490638685520',
  '2017-03-27 20:18',
  '2017-03-27T20:18:05.520Z',
  '27.03.2017 20:18:05',
  '20170327201805',
  'Mon, 27 Mar 2017 20:18:05 GMT',
  '2017-02-30 10:00',
  'never',
  '31536000001',
];
const metricsWritten = [...metricNames, ...metricAliases, 'Weather'];
const numbers = [
  '0',
  '1',
  '-17',
  '+5',
  '3.25',
  '1e3',
  '.5',
  '7.',
  '2147483647',
  '2147483648',
  '-2147483648',
  '9223372036854775807',
  '9223372036854775808',
  '1,5',
  '007',
];
const texts = ['true', 'FALSE', 'maybe', 'text', 'NA', 'ä €', 'say "so"', 'NaN', '0x10', '-'];

/** A cell that suits its column mostly. */
export function cellFor(column: string): fc.Arbitrary<string> {
  const empty = { weight: 1, arbitrary: fc.constant('') };
  const any = { weight: 1, arbitrary: fc.constantFrom(...numbers, ...texts) };
  if (column === 'timestamp' || column === 'when' || column === 'ts')
    return fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...times) }, empty, any);
  if (column === 'metrictype' || column === 'type' || column === 'kind')
    return fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...metricsWritten) }, { weight: 3, arbitrary: fc.constant('') }, any);
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...numbers) }, { weight: 3, arbitrary: fc.constantFrom(...texts) }, empty);
}

/** The JSON text of a value for a member of that name. */
export const jsonFor = (name: string): fc.Arbitrary<string> =>
  cellFor(name).chain((text) => {
    const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?(e\d+)?$/.test(text);
    return fc.constantFrom(
      JSON.stringify(text),
      text === '' ? 'null' : isNumber ? text : JSON.stringify(text),
      ...(text === 'true' ? ['true'] : []),
    );
  });

export function mappings(columns: readonly string[]): fc.Arbitrary<Mapping> {
  const column = fc.constantFrom(...(columns.length === 0 ? ['timestamp'] : columns));
  const metricType: fc.Arbitrary<NonNullable<MappingInput['metricType']>> = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...metricsWritten).map((value) => ({ kind: 'constant' as const, value })) },
    { weight: 2, arbitrary: fc.constant({ kind: 'column' as const, column: 'metrictype' }) },
    { weight: 1, arbitrary: column.map((name) => ({ kind: 'column' as const, column: name })) },
    { weight: 4, arbitrary: fc.constant({ kind: 'column' as const, column: 'metrictype', from: 'schema' as const }) },
  );
  const timestamp: fc.Arbitrary<NonNullable<MappingInput['timestamp']>> = fc.oneof(
    fc
      .constantFrom('timestamp', 'timestamp', 'timestamp', 'ts')
      .chain((name) =>
        fc.oneof(fc.constant<string[]>([...patterns]), some<string>(patterns)).map((list) => ({ column: name, patterns: list })),
      ),
    fc.constant({ column: 'timestamp', from: 'schema' as const }),
  );
  const others = columns.filter((name) => ordinary.includes(name));
  return fc
    .record({
      metricType,
      timestamp,
      drop: fc.subarray([...others, ...forbidden], { maxLength: 2 }),
      renameOf: fc.option(fc.constantFrom('other', 'temp'), { nil: undefined }),
      constants: fc.constantFrom({}, { site: 'north' }, { count: 5 }, { flag: true }),
      numbers: fc.constantFrom('schema', 'number', 'text'),
      nullTokens: fc.constantFrom(undefined, ['NA', '-']),
      decimalComma: fc.constantFrom(undefined, undefined, true),
    })
    .map(({ renameOf, nullTokens, decimalComma, ...rest }) =>
      mappingSchema.parse({
        ...rest,
        ...(renameOf === undefined ? {} : { rename: { [renameOf]: 'renamed' } }),
        ...(nullTokens === undefined ? {} : { nullTokens }),
        ...(decimalComma === undefined ? {} : { decimalComma }),
      }),
    );
}
