import type { Inspection } from '../../shared/contract/files.ts';
import type { FormatSettings, Mapping } from '../../shared/contract/mapping.ts';
import { rejectPolicyOf, type RejectPolicy } from '../../shared/model/reject-policy.ts';
import { isMetricTypeBySchema, isTimeBySchema } from '../../shared/model/mapping-questions.ts';

/** `schema`: the metric type keys of the tenant say it. */
/** What goes past the service, and so may have none, is not sent from here: then the question is open. */
export type MetricTypeKind = Exclude<Mapping['metricType']['kind'], 'none'> | 'schema';
export type TimeUnit = NonNullable<Mapping['timestamp']['unit']>;
export type ColumnType = NonNullable<Mapping['types']>[string];

/** A mapping while a person edits it: each way of saying the metric type keeps its text, and texts may be empty. */
export interface MappingForm {
  readonly metricKind: MetricTypeKind;
  readonly metricValue: string;
  readonly metricColumn: string;
  readonly metricPattern: string;
  /** `schema`: its aliases and patterns of the timestamp say it; column and patterns do not count then. */
  readonly timeFrom: 'column' | 'schema';
  readonly timestampColumn: string;
  /** Columns whose texts follow that of the first, such as a time of day after a date. */
  readonly moreColumns: readonly string[];
  /** Between the texts of joined columns. */
  readonly separator: string;
  /** What numbers that no pattern reads count since 1970. */
  readonly unit: TimeUnit;
  /** At least one; empty ones are left out of the mapping. */
  readonly patterns: readonly string[];
  /** HH:mm meant where a pattern has a date but no time. */
  readonly timeOfDay: string;
  /** False while the time is only a guess the engine is not sure of, until the person says it. */
  readonly timestampIsSaid: boolean;
  /** Column → the name it is sent under; empty as long as nothing is said. */
  readonly rename: Readonly<Record<string, string>>;
  readonly drop: readonly string[];
  readonly types: Readonly<Record<string, ColumnType>>;
  /** Fields that every row gets; without a name they are left out. */
  readonly constants: readonly { readonly name: string; readonly value: string }[];
  /** Separated by commas. */
  readonly nullTokens: string;
  readonly decimalComma: boolean;
  readonly numbers: Mapping['numbers'];
  readonly rejectPolicy: RejectPolicy['policy'];
  /** At which rejected row it acts; a number as text. */
  readonly rejectAfter: string;
  readonly format: FormatSettings;
}

export type MappingFormChange = Partial<MappingForm>;

const defaultFileNamePattern = '^([A-Za-z]+)';

/** The patterns that can read a column, over all candidates for it, the best first. */
export const patternsFor = (candidates: Inspection['timestampCandidates'], column: string): readonly string[] => [
  ...new Set(candidates.filter((candidate) => candidate.column === column).flatMap(({ patterns }) => patterns)),
];

/** Day and month can be told apart by a person only: both orders read every sampled value. */
export const isOrderOpen = (patterns: readonly string[]): boolean =>
  patterns.some((pattern) => pattern.startsWith('d')) && patterns.some((pattern) => pattern.startsWith('M'));

type Suggested = Pick<Inspection, 'suggestion' | 'missing' | 'columns' | 'timestampCandidates'>;

const hasColumn = ({ columns }: Pick<Inspection, 'columns'>, column: string): boolean => columns.some(({ name }) => name === column);

/** The form a suggestion opens with. A metric type that is proposed is filled in; a time that is unsure is left open. */
export const formOf = (inspection: Suggested): MappingForm => {
  const { suggestion, missing } = inspection;
  const metric = suggestion.metricType;
  const metricMissing = missing.includes('metricType') && metric.kind === 'column';
  const timeIsSure = !missing.includes('timestamp');
  const { column, patterns, columns = [] } = suggestion.timestamp;
  const bySchema = isMetricTypeBySchema(suggestion);
  const rejects = rejectPolicyOf(suggestion);
  return {
    metricKind: bySchema ? 'schema' : metricMissing || metric.kind === 'none' ? 'constant' : metric.kind,
    metricValue: metric.kind === 'constant' ? metric.value : '',
    metricColumn: metric.kind === 'column' && !metricMissing ? metric.column : '',
    metricPattern: metric.kind === 'fileName' ? metric.pattern : defaultFileNamePattern,
    timeFrom: isTimeBySchema(suggestion) ? 'schema' : 'column',
    timestampColumn: columns[0] ?? (timeIsSure || hasColumn(inspection, column) ? column : ''),
    moreColumns: columns.slice(1),
    separator: suggestion.timestamp.separator ?? ' ',
    unit: suggestion.timestamp.unit ?? 'ms',
    patterns: timeIsSure && patterns.length > 0 ? patterns : [''],
    timestampIsSaid: timeIsSure,
    timeOfDay: suggestion.timestamp.timeOfDay,
    rename: suggestion.rename,
    drop: suggestion.drop,
    types: suggestion.types ?? {},
    constants: Object.entries(suggestion.constants).map(([name, value]) => ({ name, value: String(value) })),
    nullTokens: (suggestion.nullTokens ?? []).join(', '),
    decimalComma: suggestion.decimalComma ?? false,
    numbers: suggestion.numbers,
    rejectPolicy: rejects.policy,
    rejectAfter: String(rejects.after),
    format: suggestion.format,
  };
};

/** The field names the service looks for when nothing is said; an empty answer falls back to them. */
const unsaid = { metricType: 'metrictype', timestamp: 'timestamp' } as const;

const metricTypeOf = (form: MappingForm): Mapping['metricType'] => {
  const fallback = { kind: 'column', column: unsaid.metricType } as const;
  switch (form.metricKind) {
    case 'constant':
      return form.metricValue.trim() === '' ? fallback : { kind: 'constant', value: form.metricValue.trim() };
    case 'column':
      return { kind: 'column', column: form.metricColumn || unsaid.metricType };
    case 'schema':
      return { ...fallback, from: 'schema' };
    case 'fileName':
      return form.metricPattern === '' ? fallback : { kind: 'fileName', pattern: form.metricPattern };
  }
};

const timestampOf = (form: MappingForm, base: Mapping['timestamp']): Mapping['timestamp'] => {
  const { unit: _unit, columns: _columns, separator: _separator, from: _from, ...rest } = base;
  const column = form.timestampColumn || unsaid.timestamp;
  const more = form.moreColumns.filter((name) => name !== '' && name !== column);
  return {
    ...rest,
    ...(form.timeFrom === 'schema' && { from: 'schema' }),
    column,
    ...(more.length > 0 && { columns: [column, ...more], ...(form.separator !== ' ' && { separator: form.separator }) }),
    ...(form.unit !== 'ms' && { unit: form.unit }),
    patterns: form.patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== ''),
    timeOfDay: form.timeOfDay || base.timeOfDay,
  };
};

/** A text that is exactly how a number or a truth value is written is sent as one. */
const constantOf = (text: string): string | number | boolean => {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d/.test(text) && String(Number(text)) === text ? Number(text) : text;
};

const constantsOf = ({ constants }: MappingForm, base: Mapping['constants']): Mapping['constants'] =>
  Object.fromEntries(
    constants
      .filter(({ name }) => name.trim() !== '')
      .map(({ name, value }) => {
        const before = base[name.trim()];
        return [name.trim(), before !== undefined && String(before) === value ? before : constantOf(value)];
      }),
  );

/** The mapping a form stands for; parts the form does not show are those of `base`. */
export const mappingOf = (form: MappingForm, base: Mapping): Mapping => {
  const { types: _types, nullTokens: _nullTokens, decimalComma: _decimalComma, rejects: _rejects, ...rest } = base;
  const renamed = Object.entries(form.rename).flatMap(([column, name]) => {
    const field = name.trim();
    return field === '' || field === column ? [] : [[column, field]];
  });
  const nullTokens = form.nullTokens
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '');
  return {
    ...rest,
    format: form.format,
    metricType: metricTypeOf(form),
    timestamp: timestampOf(form, base.timestamp),
    rename: Object.fromEntries(renamed) as Mapping['rename'],
    drop: [...form.drop],
    constants: constantsOf(form, base.constants),
    ...(Object.keys(form.types).length > 0 && { types: { ...form.types } }),
    ...(nullTokens.length > 0 && { nullTokens }),
    ...(form.decimalComma && { decimalComma: true }),
    numbers: form.numbers,
    ...rejectsOf(form),
  };
};

/** Leaving rows out is what is done when nothing is said. */
const rejectsOf = ({ rejectPolicy, rejectAfter }: MappingForm): Pick<Mapping, 'rejects'> => {
  if (rejectPolicy === 'skip') return {};
  const after = Math.max(1, Math.floor(Number(rejectAfter) || 1));
  return { rejects: { policy: rejectPolicy, ...(after > 1 && { after }) } };
};

/**
 * The form after the file was read in another format: what the person had entered stays where it still makes sense,
 * that is a metric type that is not a column, and columns that still exist.
 */
export const formAfterFormat = (before: MappingForm, inspection: Suggested): MappingForm => {
  const suggested = formOf(inspection);
  const exists = (column: string) => hasColumn(inspection, column);
  const ofExisting = <V>(values: Readonly<Record<string, V>>) =>
    Object.fromEntries(Object.entries(values).filter(([column]) => exists(column)));
  const keepsMetric = before.metricKind !== 'column' || exists(before.metricColumn);
  return {
    ...suggested,
    ...(keepsMetric && {
      metricKind: before.metricKind,
      metricValue: before.metricValue || suggested.metricValue,
      metricColumn: before.metricColumn,
      metricPattern: before.metricPattern,
    }),
    ...(exists(before.timestampColumn) && {
      timestampColumn: before.timestampColumn,
      patterns: before.patterns,
      timeOfDay: before.timeOfDay,
      timestampIsSaid: before.timestampIsSaid,
      timeFrom: before.timeFrom,
      moreColumns: before.moreColumns.filter(exists),
      separator: before.separator,
      unit: before.unit,
    }),
    rename: { ...suggested.rename, ...ofExisting(before.rename) },
    drop: before.drop.filter(exists),
    types: ofExisting(before.types),
    constants: before.constants,
    nullTokens: before.nullTokens,
    decimalComma: before.decimalComma || suggested.decimalComma,
    numbers: before.numbers,
    rejectPolicy: before.rejectPolicy,
    rejectAfter: before.rejectAfter,
  };
};

const namedPattern = /^(ISO|RFC)_/i;

/** True for a pattern of dates without a time, for which a time of day has to be agreed. Quoted letters do not count. */
export const isDateOnly = (pattern: string): boolean =>
  pattern.trim() !== '' && !namedPattern.test(pattern.trim()) && !/[HhKkANn]/.test(pattern.replace(/@.*$/, '').replace(/'[^']*'/g, ''));

const zoned = /\s*@\s*([^@']*)$/;

/** The zone that is written behind a pattern; empty without one. */
export const zoneOf = (pattern: string): string => zoned.exec(pattern)?.[1]?.trim() ?? '';

/** The pattern, read in another zone; without one the pattern has to hold an offset, or UTC is meant. */
export const withZone = (pattern: string, zone: string): string => {
  const bare = pattern.replace(zoned, '');
  return bare.trim() === '' || zone.trim() === '' ? bare : `${bare}@ ${zone.trim()}`;
};

/** What the pattern of the form finds in a file name: the metric type, or nothing. */
export const metricTypeInFileName = (pattern: string, fileName: string): string | undefined => {
  try {
    return new RegExp(pattern).exec(fileName)?.[1];
  } catch {
    return undefined;
  }
};

export type MissingAnswer = 'metricType' | 'timestamp';

const lacksMetricType = (form: MappingForm, inspection: Pick<Inspection, 'columns' | 'name'>): boolean => {
  switch (form.metricKind) {
    case 'constant':
      return form.metricValue.trim() === '';
    case 'column':
      return !hasColumn(inspection, form.metricColumn);
    case 'fileName':
      return !metricTypeInFileName(form.metricPattern, inspection.name);
    case 'schema':
      return false;
  }
};

/** What the person still has to say before the file can be sent. */
export const missingAnswers = (form: MappingForm, inspection: Pick<Inspection, 'columns' | 'name'>): readonly MissingAnswer[] => [
  ...(lacksMetricType(form, inspection) ? (['metricType'] as const) : []),
  ...(form.timeFrom === 'schema' || (form.timestampIsSaid && hasColumn(inspection, form.timestampColumn)) ? [] : (['timestamp'] as const)),
];
