/**
 * Where the service will put an event, and what of it: the one prediction that Upload, watched folders, the command line and the tests
 * share. Pure. Source: fineo-api.md, "An event".
 */
import type { FieldType } from '../../../shared/contract/schema.ts';
import type { CompiledMetric, CompiledSchema } from './compiled-schema.ts';
import { isOfType } from './compiled-schema.ts';
import { whyForbidden } from './event-rules.ts';
import type { ObjectMembers } from './object-members.ts';
import { reject, type ShapeReject } from './shaper.ts';

export interface LandedField {
  /** As it is sent. */
  readonly name: string;
  /** Display name in the schema; the name as sent when the schema has none. */
  readonly field: string;
  /** `unknown`: kept without a type, not readable by it yet. `dropped`: not of the type, lost without a word. */
  readonly state: 'typed' | 'unknown' | 'dropped';
  readonly type: FieldType | undefined;
  /** As text: numbers with their digits. */
  readonly text: string;
}

export interface Landing {
  readonly metric: CompiledMetric;
  /** Milliseconds since 1970. */
  readonly epochMillis: number;
  /** The names under which metric type and timestamp were found. */
  readonly metricKey: string;
  readonly timestampKey: string;
  readonly fields: readonly LandedField[];
}

export type Resolved = { readonly kind: 'lands'; readonly landing: Landing } | ({ readonly kind: 'rejected' } & ShapeReject);

const rejected = (one: ShapeReject): Resolved => ({ kind: 'rejected', ...one });

/** The text of a JSON value as the service compares and parses it. */
export const textOf = (value: string): string => (value.startsWith('"') ? (JSON.parse(value) as string) : value);

/** Of several members with the same name the last one counts. */
function lastOf({ count, names }: ObjectMembers, name: string): number {
  for (let at = count - 1; at >= 0; at -= 1) if (names[at] === name) return at;
  return -1;
}

/**
 * @param event the members of a flat JSON object, as it is sent
 * @param unknownMetrics whether the service makes a metric type of a name it does not know, or puts the event among the malformed
 */
export function resolveEvent(event: ObjectMembers, schema: CompiledSchema, unknownMetrics: 'created' | 'rejected'): Resolved {
  let metricAt = -1;
  for (const key of schema.metricKeys) {
    const at = lastOf(event, key);
    if (at >= 0 && event.values[at] !== 'null') {
      metricAt = at;
      break;
    }
  }
  const metricValue = event.values[metricAt];
  if (metricAt < 0 || metricValue === undefined) return rejected(reject('metric-type-missing', '', 'the event has no metric type'));
  const metricKey = event.names[metricAt] ?? '';
  if (!metricValue.startsWith('"') || metricValue === '""') {
    return rejected(reject('metric-type-missing', metricKey, `${metricKey} holds no text, so the event has no metric type`));
  }
  const metricName = textOf(metricValue);
  const metric = schema.metric(metricName);
  if (!metric.isKnown && unknownMetrics === 'rejected') {
    return rejected(reject('metric-unknown', metricKey, `the schema has no metric type ${metricName.slice(0, 100)}`));
  }
  const timestampKey = metric.timestampKeys.find((key) => lastOf(event, key) >= 0);
  if (timestampKey === undefined) return rejected(reject('timestamp-missing', '', 'the event has no timestamp'));
  const forbidden = forbiddenIn(event, metricKey, timestampKey);
  if (forbidden !== undefined) return rejected(forbidden);
  const timeValue = event.values[lastOf(event, timestampKey)] ?? 'null';
  if (timeValue === 'null') return rejected(reject('timestamp-missing', timestampKey, 'the event has no timestamp'));
  const timeText = textOf(timeValue);
  const epochMillis = metric.read(timeText);
  if (epochMillis === undefined) {
    const reason = `“${timeText.slice(0, 60)}” fits none of the timestamp patterns of ${metric.name} and is no number of milliseconds`;
    return rejected(reject('timestamp-unparsable', timestampKey, reason));
  }
  return {
    kind: 'lands',
    landing: { metric, epochMillis, metricKey, timestampKey, fields: landedFields(event, metric, metricKey, timestampKey) },
  };
}

function forbiddenIn(event: ObjectMembers, metricKey: string, timestampKey: string): ShapeReject | undefined {
  for (let at = 0; at < event.count; at += 1) {
    const name = event.names[at] ?? '';
    const why = whyForbidden(name);
    if (why !== undefined) return reject('field-name-forbidden', name, why);
    if ((name !== 'metrictype' && name !== 'timestamp') || name === metricKey || name === timestampKey) continue;
    if (event.values[at] === 'null') continue;
    const used = name === 'metrictype' ? metricKey : timestampKey;
    return reject('field-name-forbidden', name, `the service takes ${used} instead of ${name}, which cannot be an ordinary field`);
  }
  return undefined;
}

function landedFields(event: ObjectMembers, metric: CompiledMetric, metricKey: string, timestampKey: string): readonly LandedField[] {
  const landed = new Map<string, LandedField>();
  for (let at = 0; at < event.count; at += 1) {
    const name = event.names[at] ?? '';
    if (name === metricKey || name === timestampKey) continue;
    const value = event.values[at] ?? 'null';
    const known = metric.fields.get(name);
    const field = known?.name ?? name;
    // A later value for the same field stands in for the earlier one, also when it is none.
    landed.delete(field);
    if (value === 'null') continue;
    const text = textOf(value);
    const state = known === undefined ? 'unknown' : isOfType(text, known.type) ? 'typed' : 'dropped';
    landed.set(field, { name, field, state, type: known?.type, text });
  }
  return [...landed.values()];
}
