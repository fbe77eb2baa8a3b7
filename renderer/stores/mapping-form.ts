import type { Inspection } from '../../shared/contract/files.ts';
import type { FormatSettings, Mapping } from '../../shared/contract/mapping.ts';

export type MetricTypeKind = Mapping['metricType']['kind'];

/** A mapping while a person edits it: each way of saying the metric type keeps its text, and texts may be empty. */
export interface MappingForm {
  readonly metricKind: MetricTypeKind;
  readonly metricValue: string;
  readonly metricColumn: string;
  readonly metricPattern: string;
  readonly timestampColumn: string;
  /** At least one; empty ones are left out of the mapping. */
  readonly patterns: readonly string[];
  /** HH:mm meant where a pattern has a date but no time. */
  readonly timeOfDay: string;
  /** False while the time is only a guess the engine is not sure of, until the person says it. */
  readonly timestampIsSaid: boolean;
  readonly numbers: Mapping['numbers'];
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
  const { column, patterns } = suggestion.timestamp;
  return {
    metricKind: metricMissing ? 'constant' : metric.kind,
    metricValue: metric.kind === 'constant' ? metric.value : '',
    metricColumn: metric.kind === 'column' && !metricMissing ? metric.column : '',
    metricPattern: metric.kind === 'fileName' ? metric.pattern : defaultFileNamePattern,
    timestampColumn: timeIsSure || hasColumn(inspection, column) ? column : '',
    patterns: timeIsSure && patterns.length > 0 ? patterns : [''],
    timestampIsSaid: timeIsSure,
    timeOfDay: suggestion.timestamp.timeOfDay,
    numbers: suggestion.numbers,
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
    case 'fileName':
      return form.metricPattern === '' ? fallback : { kind: 'fileName', pattern: form.metricPattern };
  }
};

/** The mapping a form stands for; parts the form does not show are those of `base`. */
export const mappingOf = (form: MappingForm, base: Mapping): Mapping => ({
  ...base,
  format: form.format,
  metricType: metricTypeOf(form),
  timestamp: {
    ...base.timestamp,
    column: form.timestampColumn || unsaid.timestamp,
    patterns: form.patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== ''),
    timeOfDay: form.timeOfDay || base.timestamp.timeOfDay,
  },
  numbers: form.numbers,
});

/**
 * The form after the file was read in another format: what the person had entered stays where it still makes sense,
 * that is a metric type that is not a column, and columns that still exist.
 */
export const formAfterFormat = (before: MappingForm, inspection: Suggested): MappingForm => {
  const suggested = formOf(inspection);
  const exists = (column: string) => hasColumn(inspection, column);
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
    }),
    numbers: before.numbers,
  };
};

const namedPattern = /^(ISO|RFC)_/i;

/** True for a pattern of dates without a time, for which a time of day has to be agreed. Quoted letters do not count. */
export const isDateOnly = (pattern: string): boolean =>
  pattern.trim() !== '' && !namedPattern.test(pattern.trim()) && !/[HhKkANn]/.test(pattern.replace(/@.*$/, '').replace(/'[^']*'/g, ''));

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
  }
};

/** What the person still has to say before the file can be sent. */
export const missingAnswers = (form: MappingForm, inspection: Pick<Inspection, 'columns' | 'name'>): readonly MissingAnswer[] => [
  ...(lacksMetricType(form, inspection) ? (['metricType'] as const) : []),
  ...(form.timestampIsSaid && hasColumn(inspection, form.timestampColumn) ? [] : (['timestamp'] as const)),
];
