import { expect, test } from 'vitest';
import { aliasTargets, byMetric, moved, namesIn, simulatedColumns } from '../../../../renderer/format/schema-view.ts';
import { pointsSchema, seenField } from '../../../fakes/fake-schema.ts';

test('a value of a list takes another place, and the others close up', () => {
  const list = ['a', 'b', 'c'];
  expect(moved(list, 0, 2)).toEqual(['b', 'c', 'a']);
  expect(moved(list, 2, 1)).toEqual(['a', 'c', 'b']);
  expect(moved(list, 0, -1)).toBe(list);
  expect(moved(list, 2, 3)).toBe(list);
});

test('names are entered with commas between, each once', () => {
  expect(namesIn(' a, b ,,a\nlong name ')).toEqual(['a', 'b', 'long name']);
});

test('an unknown field is offered the fields of its metric type as aliases, the probable ones first', () => {
  const [points] = pointsSchema.metrics;
  expect(aliasTargets({ similar: ['point3', 'gone'] }, points)).toEqual(['point3', 'point1', 'raw']);
  expect(aliasTargets({ similar: ['point3'] }, undefined)).toEqual([]);
});

test('unknown fields stand together by metric type', () => {
  const groups = byMetric([seenField(), seenField({ metric: 'new', name: 'a' }), seenField({ name: 'b' })]);
  expect(groups.map(({ metric, fields }) => [metric, fields.map(({ name }) => name)])).toEqual([
    ['points', ['pont3', 'b']],
    ['new', ['a']],
  ]);
});

test('what becomes of a column is counted over the rows, apart for each metric type', () => {
  const landing = { metric: 'points', isKnown: true, epochMillis: 0 };
  const p3 = { name: 'p3', field: 'point3', type: 'DOUBLE' } as const;
  const columns = simulatedColumns([
    {
      line: 1,
      source: '',
      landing: {
        ...landing,
        fields: [
          { ...p3, state: 'typed', text: '1' },
          { name: 'x', state: 'unknown', text: '1' },
        ],
      },
    },
    { line: 2, source: '', landing: { ...landing, fields: [{ ...p3, state: 'dropped', text: 'warm' }] } },
    { line: 3, source: '', landing: { ...landing, metric: 'other', fields: [{ name: 'x', state: 'unknown', text: '1' }] } },
    { line: 4, source: '', reject: { code: 'timestamp-missing', column: '', reason: '' } },
  ]);
  expect(columns).toEqual([
    { metric: 'points', name: 'p3', field: 'point3', type: 'DOUBLE', typed: 1, unknown: 0, dropped: 1 },
    { metric: 'points', name: 'x', field: undefined, type: undefined, typed: 0, unknown: 1, dropped: 0 },
    { metric: 'other', name: 'x', field: undefined, type: undefined, typed: 0, unknown: 1, dropped: 0 },
  ]);
});
