import type { Failure } from '../../../shared/contract/common.ts';
import { hasNoTime, isMetricTypeBySchema, isTimeBySchema } from '../../../shared/model/mapping-questions.ts';
import { failure } from '../errors.ts';
import { compileEventTime, type EventTime } from './event-time.ts';
import { whyForbidden } from './event-rules.ts';
import { isJsonNumber, jsonString } from './json-text.ts';
import { compileRowShaper, needsRowShaper } from './row-shaper.ts';
import {
  constantMetricType,
  constantsText,
  isTextField,
  reject,
  sizeReject,
  type Compiled,
  type Shaped,
  type ShapeSettings,
} from './shaper.ts';

/** Makes events of rows from their cells, in the order of the columns. */
export interface CsvShaper {
  readonly shape: (cells: readonly string[]) => Shaped;
  /** Undefined when more than the columns decides what becomes of a row. */
  readonly plan: CsvPlan | undefined;
}

/** What the columns of a file become; the same for every row. */
export interface CsvPlan {
  readonly width: number;
  readonly fields: readonly FieldPlan[];
  /** -1: the metric type is constant and stands in `head`. */
  readonly metricIndex: number;
  readonly timeIndex: number;
  /** The metric type of all rows, when it is constant. */
  readonly metric: string | undefined;
  /** `{"metrictype":"…","timestamp":` when the metric type is constant. */
  readonly head: string | undefined;
  /** `,"constant":1}` or `}` */
  readonly tail: string;
  readonly time: EventTime;
  /** Timestamps are milliseconds since 1970 and nothing else. */
  readonly epochOnly: boolean;
  readonly maxEventBytes: number;
  /** By field: goes out as text although it looks like a number. Undefined when that depends on the metric type of the row. */
  readonly textFields: readonly boolean[] | undefined;
}

export interface FieldPlan {
  readonly index: number;
  readonly column: string;
  /** `,"name":` */
  readonly prefix: string;
  readonly name: string;
  /** Why the service takes no field of this name. */
  readonly forbidden: string | undefined;
}

/**
 * Compiles a mapping for the columns of one CSV file. An empty cell is no value: the field is left out.
 * Fails when the columns do not have what the mapping needs.
 */
export function compileCsvShaper(settings: ShapeSettings, columns: readonly string[]): Compiled<CsvShaper> {
  const { mapping, maxEventBytes, fieldTypes, seen } = settings;
  if (needsRowShaper(mapping)) return compileCellShaper(settings, columns);
  const constant = constantMetricType(mapping, settings.fileName);
  if ('code' in constant) return { ok: false, failure: constant };
  const metricColumn = mapping.metricType.kind === 'column' ? mapping.metricType.column : undefined;
  const metricIndex = metricColumn === undefined ? -1 : columns.indexOf(metricColumn);
  if (metricColumn !== undefined && metricIndex === -1) {
    return { ok: false, failure: noMetricColumn(metricColumn) };
  }
  const timeColumn = mapping.timestamp.column;
  const timeIndex = columns.indexOf(timeColumn);
  if (timeIndex === -1) {
    return { ok: false, failure: noTimeColumn(timeColumn) };
  }
  const eventTime = compileEventTime(mapping);
  if (!eventTime.ok) return eventTime;
  const fields = planFields(settings, columns, new Set([metricIndex, timeIndex]), constant.value !== undefined);
  if ('code' in fields) return { ok: false, failure: fields };

  const { time, epochOnly } = eventTime;
  const width = columns.length;
  const tail = `${constantsText(mapping)}}`;
  const textFieldsByMetric = new Map<string, readonly boolean[]>();
  const textFieldsOf = (metric: string): readonly boolean[] => {
    const known = textFieldsByMetric.get(metric);
    if (known !== undefined) return known;
    const types = fieldTypes.get(metric);
    const found = fields.map((field) => isTextField(mapping, types, field.name));
    // A column with countless metric types must not fill the memory.
    if (textFieldsByMetric.size < 10_000) textFieldsByMetric.set(metric, found);
    return found;
  };
  const constantHead = constant.value === undefined ? undefined : `{"metrictype":${jsonString(constant.value)},"timestamp":`;
  const constantTextFields = constant.value === undefined ? undefined : textFieldsOf(constant.value);

  const textFields = constantTextFields ?? (mapping.numbers !== 'schema' || fieldTypes.size === 0 ? textFieldsOf('') : undefined);
  const plan: CsvPlan = {
    width,
    fields,
    metricIndex,
    timeIndex,
    metric: constant.value,
    head: constantHead,
    tail,
    time,
    epochOnly,
    maxEventBytes,
    textFields,
  };
  const shape = (cells: readonly string[]): Shaped => {
    if (cells.length !== width) {
      return raggedRow(cells.length, width);
    }
    let head = constantHead;
    let asText = constantTextFields;
    if (head === undefined || asText === undefined) {
      const metric = cells[metricIndex] ?? '';
      if (metric === '') return reject('metric-type-missing', metricColumn ?? '', 'the row has no metric type');
      head = `{"metrictype":${jsonString(metric)},"timestamp":`;
      asText = textFieldsOf(metric);
    }
    const timeText = cells[timeIndex] ?? '';
    if (timeText === '') return reject('timestamp-missing', timeColumn, 'the row has no timestamp');
    const millis = time(timeText);
    if (typeof millis !== 'number') return millis;
    let text = head + String(millis);
    for (let at = 0; at < fields.length; at += 1) {
      const field = fields[at];
      if (field === undefined) continue;
      const cell = cells[field.index];
      if (cell === undefined || cell === '') continue;
      if (field.forbidden !== undefined) return reject('field-name-forbidden', field.column, field.forbidden);
      text += field.prefix + (asText[at] !== true && isJsonNumber(cell) ? cell : jsonString(cell));
    }
    text += tail;
    const tooLarge = sizeReject(text, maxEventBytes);
    if (tooLarge !== undefined) return tooLarge;
    if (seen !== undefined) {
      const metric = constant.value ?? cells[metricIndex] ?? '';
      for (const field of fields) if (cells[field.index] !== '') seen.add(metric, field.name, cells[field.index] ?? '');
      seen.row(metric);
    }
    return text;
  };
  return { ok: true, shape: { shape, plan } };
}

/** Rows whose mapping says more than where the columns go. */
function compileCellShaper(settings: ShapeSettings, columns: readonly string[]): Compiled<CsvShaper> {
  const { metricType, timestamp } = settings.mapping;
  const wanted = isTimeBySchema(settings.mapping) || hasNoTime(settings.mapping) ? [] : (timestamp.columns ?? [timestamp.column]);
  const missing = wanted.find((column) => !columns.includes(column));
  if (missing !== undefined) return { ok: false, failure: noTimeColumn(missing) };
  if (metricType.kind === 'column' && !isMetricTypeBySchema(settings.mapping) && !columns.includes(metricType.column))
    return { ok: false, failure: noMetricColumn(metricType.column) };
  const rows = compileRowShaper(settings);
  if (!rows.ok) return rows;
  const { shape } = rows;
  return {
    ok: true,
    shape: {
      plan: undefined,
      shape(cells) {
        if (cells.length !== columns.length) return raggedRow(cells.length, columns.length);
        return shape({ names: columns, values: cells.map((text) => ({ kind: 'cell', text })) });
      },
    },
  };
}

const raggedRow = (cells: number, columns: number): Shaped =>
  reject('ragged-row', '', `the row has ${cells} cells, the header has ${columns} columns`);
const noMetricColumn = (column: string): Failure =>
  failure('metric-type-unknown', `there is no column ${column} to take the metric type from`, { column, line: 1 });
const noTimeColumn = (column: string): Failure =>
  failure('timestamp-column-unknown', `there is no column ${column} to take the timestamp from`, { column, line: 1 });

function planFields(settings: ShapeSettings, columns: readonly string[], taken: ReadonlySet<number>, constantMetric: boolean) {
  const { mapping } = settings;
  const dropped = new Set(mapping.drop);
  const names = new Map<string, string>(Object.keys(mapping.constants).map((name) => [name, 'the constants']));
  const plan: FieldPlan[] = [];
  for (const [index, column] of columns.entries()) {
    if (taken.has(index) || dropped.has(column)) continue;
    const name = (Object.hasOwn(mapping.rename, column) ? mapping.rename[column] : undefined) ?? column;
    // A constant metric type stands in for the column of that name.
    if (name === 'metrictype' && constantMetric) continue;
    if (name === 'metrictype' || name === 'timestamp') {
      return failure(
        'mapping-invalid',
        `column ${column} would become a field called ${name}, which the service keeps for itself; rename or drop it`,
        {
          column,
          key: 'rename',
        },
      );
    }
    const other = names.get(name);
    if (other !== undefined) {
      return failure('mapping-invalid', `column ${column} and ${other} would both become the field ${name}; rename or drop one`, {
        column,
        key: 'rename',
      });
    }
    names.set(name, `column ${column}`);
    plan.push({ index, column, name, prefix: `,${jsonString(name)}:`, forbidden: whyForbidden(name) });
  }
  return plan;
}
