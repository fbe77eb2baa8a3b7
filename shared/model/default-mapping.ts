import type { FormatSettings, Mapping } from '../contract/mapping.ts';

/** What `formatSchema` and `mappingSchema` fill in, without the schemas: readers of files start with neither. */
export const defaultFormat: FormatSettings = { kind: 'auto', quote: '"', header: true };

export const defaultMapping: Mapping = {
  version: 1,
  format: defaultFormat,
  metricType: { kind: 'column', column: 'metrictype' },
  timestamp: { column: 'timestamp', patterns: [], timeOfDay: '00:00' },
  rename: {},
  drop: [],
  constants: {},
  numbers: 'schema',
};
