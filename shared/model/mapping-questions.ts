import type { Mapping } from '../contract/mapping.ts';

/** Whether the schema, and not a column, says where the metric type of a row stands. */
export const isMetricTypeBySchema = ({ metricType }: Pick<Mapping, 'metricType'>): boolean =>
  metricType.kind === 'column' && metricType.from === 'schema';

/** Whether the schema says where the time of a row stands, and how it is read. */
export const isTimeBySchema = ({ timestamp }: Pick<Mapping, 'timestamp'>): boolean => timestamp.from === 'schema';

export const hasNoTime = ({ timestamp }: Pick<Mapping, 'timestamp'>): boolean => timestamp.from === 'none';

/** Its rows are no events: the service would take none of them, and its rules for events do not count. */
export const isPastService = (mapping: Pick<Mapping, 'metricType' | 'timestamp'>): boolean =>
  mapping.metricType.kind === 'none' || hasNoTime(mapping);

export const needsSchema = (mapping: Pick<Mapping, 'metricType' | 'timestamp'>): boolean =>
  isMetricTypeBySchema(mapping) || isTimeBySchema(mapping);
