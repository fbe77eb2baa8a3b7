import { expect, it } from 'vitest';
import type { TailFormat } from '../../../../electron/engine/read/tail-protocol.ts';
import { KnownFormats } from '../../../../electron/engine/watch/known-formats.ts';

const formatOf = (...columns: readonly string[]): TailFormat => ({
  read: {
    kind: 'csv',
    delimiter: ',',
    quote: '"',
    newline: 'lf',
    header: true,
    encoding: 'utf-8',
    bomBytes: 0,
    gzip: false,
    columns: undefined,
  },
  columns,
  headerText: columns.join(','),
  firstRow: { byte: columns.join(',').length + 1, row: 0, line: 2 },
});

function journalOf(...known: readonly string[]) {
  const formats = [...known];
  const asked: string[] = [];
  return {
    asked,
    format: (id: number) => {
      asked.push(`format ${String(id)}`);
      return formats[id] ?? '';
    },
    formatId: (format: string) => {
      asked.push('id');
      if (!formats.includes(format)) formats.push(format);
      return formats.indexOf(format);
    },
  };
}

it('files that are read alike ask the journal once, and share one format', () => {
  const journal = journalOf();
  const formats = new KnownFormats(journal);
  const ids = [1, 2, 3].map(() => formats.idOf(formatOf('time', 'value')));
  expect(ids).toEqual([0, 0, 0]);
  expect(formats.idOf(formatOf('time', 'other'))).toBe(1);
  expect(journal.asked).toEqual(['id', 'id']);
  expect(formats.get(0)).toEqual(formatOf('time', 'value'));
  expect(formats.get(0)).toBe(formats.get(0));
  expect(journal.asked).toHaveLength(2);
});

it('a format of an earlier run is read from the journal, once', () => {
  const journal = journalOf(JSON.stringify(formatOf('time', 'value')));
  const formats = new KnownFormats(journal);
  expect(formats.get(0)).toEqual(formatOf('time', 'value'));
  expect(formats.get(0)).toEqual(formatOf('time', 'value'));
  expect(journal.asked).toEqual(['format 0']);
});
