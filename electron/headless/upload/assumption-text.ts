/** One line per file that says how it is going to be read, so that a wrong guess is seen before it matters. */
import type { Inspection } from '../../../shared/contract/files.ts';
import type { Mapping } from '../../../shared/contract/mapping.ts';

const delimiterNames: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'pipe', ' ': 'space' };

/** `CSV, comma, 6 columns; timestamp from column date as uuuu-MM-dd (UTC); metric type weather` */
export function assumptionText(inspection: Inspection, mapping: Mapping): string {
  return [describeFormat(inspection), describeTimestamp(mapping, inspection), describeMetricType(mapping, inspection)].join('; ');
}

/** `CSV, comma, 6 columns`, and what is unusual about the file. */
export function describeFormat({ format, columns }: Inspection): string {
  const count = (one: string): string => `${columns.length} ${one}${columns.length === 1 ? '' : 's'}`;
  const parts =
    format.kind === 'csv'
      ? ['CSV', ...(format.delimiter === undefined ? [] : [delimiterNames[format.delimiter] ?? `“${format.delimiter}”`]), count('column')]
      : ['JSON lines', count('field')];
  if (format.kind === 'csv' && !format.header) parts.push('no header');
  if (format.encoding.toLowerCase() !== 'utf-8') parts.push(format.encoding);
  if (format.gzip) parts.push('gzipped');
  return parts.join(', ');
}

export function describeTimestamp({ timestamp }: Mapping, { format }: Inspection): string {
  if (timestamp.from === 'none') return 'no timestamp';
  if (timestamp.from === 'schema') return 'timestamp as the schema says';
  const ways = timestamp.patterns.length === 0 ? 'milliseconds since 1970' : timestamp.patterns.map(describePattern).join(' or ');
  return `timestamp from ${format.kind === 'csv' ? 'column' : 'field'} ${(timestamp.columns ?? [timestamp.column]).join(' and ')} as ${ways}`;
}

export function describeMetricType({ metricType }: Mapping, { name, format }: Inspection): string {
  switch (metricType.kind) {
    case 'none':
      return 'no metric type';
    case 'constant':
      return `metric type ${metricType.value}`;
    case 'column':
      if (metricType.from === 'schema') return 'metric type as the schema says';
      return `metric type from ${format.kind === 'csv' ? 'column' : 'field'} ${metricType.column}`;
    case 'fileName':
      return `metric type from the file name ${name} by ${metricType.pattern}`;
  }
}

/** The pattern and the zone that a text without one is taken to be in. */
function describePattern(pattern: string): string {
  const [, format = pattern, zone] = /^(.*\S)\s*@\s*(\S+)\s*$/.exec(pattern) ?? [];
  if (zone !== undefined) return `${format} (${zone})`;
  return hasOwnZone(pattern) ? pattern : `${pattern} (UTC)`;
}

function hasOwnZone(pattern: string): boolean {
  if (/^(ISO|RFC)_/i.test(pattern)) return !/^ISO_DATE_TIME$/i.test(pattern);
  // Letters in quotes are literals; V, v, z, O, X, x and Z stand for a zone or an offset (java.time DateTimeFormatter).
  return /[VvzOXxZ]/.test(pattern.replace(/'[^']*'/g, ''));
}
