import { isPastService } from '../../../shared/model/mapping-questions.ts';
import { compileEventTime } from './event-time.ts';
import { whyForbidden } from './event-rules.ts';
import { emptyMembers, scanObject, type ObjectMembers } from './object-members.ts';
import { isJsonNumber, jsonString } from './json-text.ts';
import { compileRowShaper, needsRowShaper, type SourceRow } from './row-shaper.ts';
import { constantMetricType, constantsText, reject, sizeReject, type Compiled, type Shaped, type ShapeSettings } from './shaper.ts';

/** Makes the event of a line of JSON. */
export type NdjsonShaper = (line: string) => Shaped;

/**
 * Compiles a mapping for lines of JSON. A line that needs no change goes out as it is written; of one that does, every
 * value that stays keeps its text, so that numbers keep their digits.
 */
export function compileNdjsonShaper(settings: ShapeSettings): Compiled<NdjsonShaper> {
  const { mapping, maxEventBytes, seen: seenFields } = settings;
  const constant = constantMetricType(mapping, settings.fileName);
  if ('code' in constant) return { ok: false, failure: constant };
  const eventTime = compileEventTime(mapping);
  if (!eventTime.ok) return eventTime;
  const { time } = eventTime;
  const metricColumn = mapping.metricType.kind === 'column' ? mapping.metricType.column : undefined;
  const timeColumn = mapping.timestamp.column;
  const dropped = new Set(mapping.drop);
  const renamed = new Map(Object.entries(mapping.rename));
  const tail = `${constantsText(mapping)}}`;
  const constantNames = new Set(Object.keys(mapping.constants));
  const asIs =
    metricColumn === 'metrictype' && timeColumn === 'timestamp' && mapping.drop.length === 0 && renamed.size === 0 && tail === '}';
  const members = emptyMembers();
  const isEvent = !isPastService(mapping);
  const rows = needsRowShaper(mapping) ? compileRowShaper(settings) : undefined;
  if (rows?.ok === false) return rows;
  const seen = new Set<string>();

  const rebuild = (line: string, metric: string, millis: number): Shaped => {
    scanObject(line, members);
    seen.clear();
    let body = '';
    for (let at = members.count - 1; at >= 0; at -= 1) {
      const member = members.names[at] ?? '';
      if (member === metricColumn || member === timeColumn || dropped.has(member)) continue;
      const name = renamed.get(member) ?? member;
      if (name === 'metrictype' && metricColumn === undefined) continue;
      if (name === 'metrictype' || name === 'timestamp') {
        return reject('field-name-forbidden', member, `${member} would become a field called ${name}, which the service keeps for itself`);
      }
      if (constantNames.has(name) || seen.has(name)) {
        // The last of several members with the same name counts, as for every JSON reader.
        if (name === member && !constantNames.has(name)) continue;
        return reject('field-name-duplicate', member, `two values would become the field ${name}`);
      }
      seen.add(name);
      body = `,${jsonString(name)}:${members.values[at] ?? 'null'}${body}`;
    }
    return `{"metrictype":${jsonString(metric)},"timestamp":${millis}${body}${tail}`;
  };

  const see = (event: Readonly<Record<string, unknown>>, metric: string): void => {
    if (seenFields === undefined) return;
    for (const name in event) {
      const value = event[name];
      if (name === metricColumn || name === timeColumn || name === 'metrictype' || value === null || dropped.has(name)) continue;
      seenFields.add(metric, renamed.get(name) ?? name, value as string | number | boolean);
    }
    seenFields.row(metric);
  };

  return {
    ok: true,
    shape(line) {
      let parsed: unknown;
      try {
        parsed = JSON.parse(line);
      } catch (error) {
        return reject('json-invalid', '', `not valid JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'unreadable'}`);
      }
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
        return reject('json-not-object', '', 'the line is not a JSON object');
      }
      const event = parsed as Readonly<Record<string, unknown>>;
      for (const name in event) {
        const value = event[name];
        if (!isEvent) break;
        if (typeof value === 'object' && value !== null && !dropped.has(name)) {
          return reject('json-not-flat', name, `${name} holds ${Array.isArray(value) ? 'an array' : 'an object'}; an event is flat`);
        }
        const forbidden = dropped.has(name) ? undefined : whyForbidden(renamed.get(name) ?? name);
        if (forbidden !== undefined) return reject('field-name-forbidden', name, forbidden);
      }
      if (rows !== undefined) {
        scanObject(line, members);
        return rows.shape(rowOf(members));
      }
      const metricValue = metricColumn === undefined ? constant.value : own(event, metricColumn);
      if ((typeof metricValue !== 'string' && typeof metricValue !== 'number') || metricValue === '') {
        return reject('metric-type-missing', metricColumn ?? '', `the event has no metric type in ${metricColumn ?? 'the mapping'}`);
      }
      const timeValue = own(event, timeColumn);
      if (timeValue === undefined || timeValue === null || timeValue === '') {
        return reject('timestamp-missing', timeColumn, `the event has no timestamp in ${timeColumn}`);
      }
      if (typeof timeValue !== 'string' && typeof timeValue !== 'number') {
        return reject('timestamp-unparsable', timeColumn, `${timeColumn} holds neither a text nor a number`);
      }
      const timeText = String(timeValue);
      const millis = time(timeText);
      if (typeof millis !== 'number') return millis;
      const unchanged =
        asIs && typeof metricValue === 'string' && String(millis) === timeText && isJsonNumber(timeText) && isWritten(line, timeText);
      if (unchanged) {
        const text = line.trim();
        const tooLarge = sizeReject(text, maxEventBytes);
        if (tooLarge === undefined) see(event, metricValue);
        return tooLarge ?? text;
      }
      const built = rebuild(line, String(metricValue), millis);
      if (typeof built !== 'string') return built;
      const tooLarge = sizeReject(built, maxEventBytes);
      if (tooLarge === undefined) see(event, String(metricValue));
      return tooLarge ?? built;
    },
  };
}

const rowOf = ({ count, names, values }: ObjectMembers): SourceRow => ({
  names: names.slice(0, count),
  values: values.slice(0, count).map((value) => {
    if (value === 'null') return { kind: 'null', text: '' };
    if (value.startsWith('"')) return { kind: 'string', text: String(JSON.parse(value)) };
    // Between the members of an object or array there may be line ends, and the row is to be one line.
    return { kind: 'other', text: /^[{[]/.test(value) ? value.replace(/[\r\n]+/g, ' ') : value };
  }),
});

const timestampName = '"timestamp"';
const integerValue = /\s*:\s*"?(-?\d+)"?\s*[,}]/y;

/** Whether the timestamp stands in the line with these very digits: 1.5e12 has the same value, and the service does not take it. */
function isWritten(line: string, timeText: string): boolean {
  const at = line.lastIndexOf(timestampName);
  if (at === -1) return false;
  integerValue.lastIndex = at + timestampName.length;
  return integerValue.exec(line)?.[1] === timeText;
}

const own = (event: Readonly<Record<string, unknown>>, name: string): unknown => (Object.hasOwn(event, name) ? event[name] : undefined);
