import { describe, expect, it } from 'vitest';
import type { ServiceSchema } from '../../../shared/contract/schema.ts';
import { defaultMapping } from '../../../shared/model/default-mapping.ts';
import { suggestBySchema } from '../../../shared/model/mapping-suggestion.ts';
import { similarity } from '../../../shared/model/similarity.ts';

const schema: ServiceSchema = {
  tenant: { timestampPatterns: [], metricKeys: ['kind'] },
  metrics: [
    {
      name: 'points',
      aliases: ['pts'],
      timestampPatterns: ['ISO_INSTANT'],
      timestampAliases: ['when'],
      fields: ['point1', 'point2', 'point3'].map((name) => ({ name, aliases: [], type: 'DOUBLE' as const })),
    },
    { name: 'weather', aliases: [], timestampPatterns: [], timestampAliases: [], fields: [{ name: 'temperature', aliases: ['temp'] }] },
  ],
};

it.each([
  ['point3', 'pont3', true],
  ['Wind Speed', 'wind_speed', true],
  ['größe', 'grosse', false],
  ['temperature', 'tempreature', true],
  ['a', 'b', false],
  ['', '', false],
])('%s and %s are alike: %s', (one, other, alike) => {
  expect(similarity(one, other) >= 0.7).toBe(alike);
});

describe('a mapping is suggested by the schema', () => {
  it('a misspelt column becomes the field it was meant to be, and only when that is not there itself', () => {
    const found = suggestBySchema(
      'points-2020-01.csv',
      ['when', 'point1', 'point2', 'pont3', 'other'],
      { ...defaultMapping, timestamp: { ...defaultMapping.timestamp, column: 'when' } },
      schema,
    );
    expect(found.metric).toBe('points');
    expect(found.mapping.metricType).toEqual({ kind: 'constant', value: 'points' });
    expect(found.mapping.timestamp).toMatchObject({ column: 'when', from: 'schema' });
    expect(found.mapping.rename).toEqual({ pont3: 'point3' });
    expect(found.unknownColumns).toEqual(['other']);
    const both = suggestBySchema('points.csv', ['point3', 'pont3'], defaultMapping, schema);
    expect(both.mapping.rename).toEqual({});
    expect(both.unknownColumns).toEqual(['pont3']);
  });

  it('the metric type is known by the columns when the name of the file says nothing', () => {
    expect(suggestBySchema('export.csv', ['timestamp', 'temp'], defaultMapping, schema).metric).toBe('weather');
    expect(suggestBySchema('export.csv', ['timestamp', 'x', 'y'], defaultMapping, schema).metric).toBeUndefined();
  });

  it('a column that is a metric type key of the tenant is used as the schema says', () => {
    const { mapping } = suggestBySchema('export.csv', ['timestamp', 'kind', 'x'], defaultMapping, schema);
    expect(mapping.metricType).toEqual({ kind: 'column', column: 'metrictype', from: 'schema' });
  });
});
