/**
 * Rows to events by everything a mapping can say. The shapers of plain mappings are faster; this one is asked where the schema
 * decides, times stand in several columns, or values have to be read anew.
 */
import type { Mapping } from '../../../shared/contract/mapping.ts';
import { hasNoTime, isMetricTypeBySchema, isPastService, isTimeBySchema, needsSchema } from '../../../shared/model/mapping-questions.ts';
import { failure } from '../errors.ts';
import { compileSchema, type CompiledSchema } from './compiled-schema.ts';
import { compileEventTime } from './event-time.ts';
import { whyForbidden } from './event-rules.ts';
import { isJsonNumber, jsonString } from './json-text.ts';
import { readValue, type RowValue } from './row-values.ts';
import {
  constantMetricType,
  constantsText,
  isTextField,
  reject,
  sizeReject,
  type Compiled,
  type Shaped,
  type ShapeReject,
  type ShapeSettings,
} from './shaper.ts';

/** Values of a row in the order of the source; an absent one has no entry or an empty text. */
export interface SourceRow {
  readonly names: readonly string[];
  readonly values: readonly RowValue[];
}

export type RowShaper = (row: SourceRow) => Shaped;

/** Whether the shapers of plain mappings do not know all that this one says. */
export const needsRowShaper = (mapping: Mapping): boolean => {
  const { timestamp, nullTokens = [], decimalComma = false, types = {} } = mapping;
  const readsAnew = nullTokens.length > 0 || decimalComma || Object.keys(types).length > 0;
  return needsSchema(mapping) || isPastService(mapping) || timestamp.columns !== undefined || readsAnew;
};

/** A value on its way into the event. */
interface Member {
  readonly column: string;
  readonly name: string;
  readonly text: string;
  /** The JSON text, when it is settled already. */
  readonly json: string | undefined;
}

export function compileRowShaper(settings: ShapeSettings): Compiled<RowShaper> {
  const { mapping, fieldTypes, maxEventBytes, seen } = settings;
  const constant = constantMetricType(mapping, settings.fileName);
  if ('code' in constant) return { ok: false, failure: constant };
  if (needsSchema(mapping) && settings.schema === undefined) {
    return {
      ok: false,
      failure: failure('schema-unknown', 'the mapping leaves metric type or timestamp to the schema, which is not known'),
    };
  }
  const isEvent = !isPastService(mapping);
  if (!isEvent && settings.pastService !== true) {
    return {
      ok: false,
      failure: failure('mapping-invalid', 'the mapping names no metric type or no timestamp, and the service needs both', {}),
    };
  }
  const schema = settings.schema === undefined ? undefined : compileSchema(settings.schema);
  const eventTime = compileEventTime(mapping);
  if (!eventTime.ok) return eventTime;
  const finders = { metric: metricFinder(mapping, constant.value, schema), time: timeFinder(mapping, eventTime.time, schema) };
  const dropped = new Set(mapping.drop);
  const renamed = new Map(Object.entries(mapping.rename));
  const nullTokens = new Set(mapping.nullTokens ?? []);
  const constantNames = new Set(Object.keys(mapping.constants));
  const constants = constantsText(mapping);

  const membersOf = ({ names, values }: SourceRow): readonly Member[] | ShapeReject => {
    const members = new Map<string, Member>();
    for (const [at, column] of names.entries()) {
      const value = values[at];
      if (value === undefined || value.kind === 'null' || dropped.has(column)) continue;
      if (value.text === '' && value.kind === 'cell') continue;
      if (value.kind !== 'other' && nullTokens.has(value.text)) continue;
      const read = readValue(value, column, mapping);
      if ('code' in read) return read;
      const name = renamed.get(column) ?? column;
      // The last of several members with the same name counts, as for every JSON reader.
      const before = members.get(name);
      if (before !== undefined && before.column !== column)
        return reject('field-name-duplicate', column, `two values would become the field ${name}`);
      members.delete(name);
      members.set(name, { column, name, ...read });
    }
    return [...members.values()];
  };

  const shape = (row: SourceRow): Shaped => {
    const members = membersOf(row);
    if (!Array.isArray(members)) return members as ShapeReject;
    const found = members as readonly Member[];
    const metric = finders.metric(found);
    if ('code' in metric) return metric;
    const time = finders.time(found, metric.value);
    if ('code' in time) return time;
    const used = new Set<Member>([...metric.used, ...time.used]);
    const types = fieldTypes.get(metric.value);
    let text = metric.name === '' ? '' : `,${jsonString(metric.name)}:${jsonString(metric.value)}`;
    if (time.name !== '') text += `,${jsonString(time.name)}:${time.json}`;
    for (const member of found) {
      if (used.has(member)) continue;
      // A constant metric type stands in for the column of that name.
      if (member.name === 'metrictype' && metric.name !== '' && mapping.metricType.kind !== 'column') continue;
      if (member.name === metric.name || member.name === time.name || (isEvent && isOwnName(member.name))) {
        return reject(
          'field-name-forbidden',
          member.column,
          `${member.column} would become a field called ${member.name}, which the service keeps for itself`,
        );
      }
      const forbidden = isEvent ? whyForbidden(member.name) : undefined;
      if (forbidden !== undefined) return reject('field-name-forbidden', member.column, forbidden);
      if (constantNames.has(member.name))
        return reject('field-name-duplicate', member.column, `two values would become the field ${member.name}`);
      const asText = member.json === undefined && (isTextField(mapping, types, member.name) || !isJsonNumber(member.text));
      text += `,${jsonString(member.name)}:${member.json ?? (asText ? jsonString(member.text) : member.text)}`;
    }
    text = `{${(text + constants).slice(1)}}`;
    const tooLarge = sizeReject(text, maxEventBytes);
    if (tooLarge !== undefined) return tooLarge;
    if (seen !== undefined && isEvent) {
      for (const member of found) if (!used.has(member) && member.name !== 'metrictype') seen.add(metric.value, member.name, member.text);
      seen.row(metric.value);
    }
    return text;
  };
  return { ok: true, shape };
}

const isOwnName = (name: string): boolean => name === 'metrictype' || name === 'timestamp';

interface FoundMetric {
  /** Empty: the row has none, and needs none. */
  readonly name: string;
  readonly value: string;
  readonly used: readonly Member[];
}

/** The members are found by the name they are sent under where the schema says it, by their column where the mapping does. */
function metricFinder(
  mapping: Mapping,
  constant: string | undefined,
  schema: CompiledSchema | undefined,
): (members: readonly Member[]) => FoundMetric | ShapeReject {
  const { metricType } = mapping;
  if (metricType.kind === 'none') return () => ({ name: '', value: '', used: [] });
  if (constant !== undefined) return () => ({ name: 'metrictype', value: constant, used: [] });
  const bySchema = isMetricTypeBySchema(mapping);
  const keys = bySchema ? (schema?.metricKeys ?? []) : [];
  const column = metricType.kind === 'column' ? metricType.column : '';
  return (members) => {
    for (const key of keys) {
      const found = members.find(({ name }) => name === key);
      if (found !== undefined) return { name: key, value: found.text, used: [found] };
    }
    const found = metricType.kind === 'column' && !bySchema ? members.find((member) => member.column === column) : undefined;
    if (found !== undefined && found.text !== '') return { name: 'metrictype', value: found.text, used: [found] };
    return reject('metric-type-missing', column, 'the row has no metric type');
  };
}

interface FoundTime {
  /** Empty: the row has none, and needs none. */
  readonly name: string;
  readonly json: string;
  readonly used: readonly Member[];
}

function timeFinder(
  mapping: Mapping,
  time: (text: string) => number | ShapeReject,
  schema: CompiledSchema | undefined,
): (members: readonly Member[], metricName: string) => FoundTime | ShapeReject {
  const { timestamp } = mapping;
  if (hasNoTime(mapping)) return () => ({ name: '', json: '', used: [] });
  if (isTimeBySchema(mapping) && schema !== undefined) {
    return (members, metricName) => {
      const metric = schema.metric(metricName);
      const found = metric.timestampKeys.map((key) => members.find(({ name }) => name === key)).find((member) => member !== undefined);
      if (found === undefined) return reject('timestamp-missing', metric.timestampKeys.join(', '), 'the row has no timestamp');
      const millis = metric.read(found.text);
      if (millis === undefined) {
        const reason = `“${found.text.slice(0, 60)}” fits none of the timestamp patterns of ${metric.name} and is no number of milliseconds`;
        return reject('timestamp-unparsable', found.column, reason);
      }
      // Sent as milliseconds, unless a pattern of the schema would take those digits for something else.
      const digits = String(millis);
      return { name: found.name, json: metric.read(digits) === millis ? digits : jsonString(found.text), used: [found] };
    };
  }
  const columns = timestamp.columns ?? [timestamp.column];
  const separator = timestamp.separator ?? ' ';
  return (members) => {
    const parts = columns.map((column) => members.find((member) => member.column === column));
    const missing = columns.find((_column, at) => parts[at] === undefined);
    const used = parts.filter((part) => part !== undefined);
    if (missing !== undefined) return reject('timestamp-missing', missing, 'the row has no timestamp');
    const millis = time(used.map(({ text }) => text).join(separator));
    return typeof millis === 'number' ? { name: 'timestamp', json: String(millis), used } : millis;
  };
}
