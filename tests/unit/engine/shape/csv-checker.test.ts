import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../../../electron/engine/shape/compiled-schema.ts';
import { createCsvChecker } from '../../../../electron/engine/shape/csv-checker.ts';
import { emptyMembers, scanObject } from '../../../../electron/engine/shape/object-members.ts';
import { resolveEvent } from '../../../../electron/engine/shape/resolution.ts';
import { csvShaper, settings } from './settings.ts';

const schema = compileSchema({
  tenant: { metricKeys: ['kind'], timestampPatterns: ['ISO_INSTANT'] },
  metrics: [
    {
      ...{ name: 'm', aliases: [], timestampPatterns: [], timestampAliases: [] },
      fields: [
        { name: 'int', aliases: ['i'], type: 'INT' },
        { name: 'double', aliases: [], type: 'DOUBLE' },
        { name: 'long', aliases: [], type: 'LONG' },
        { name: 'float', aliases: [], type: 'FLOAT' },
        { name: 'flag', aliases: [], type: 'BOOLEAN' },
        { name: 'text', aliases: [], type: 'STRING' },
      ],
    },
  ],
});
const columns = ['timestamp', 'i', 'double', 'long', 'float', 'flag', 'text', 'other'];
const cellsOfRow = columns.length - 1;
const shaper = csvShaper(settings({ metricType: { kind: 'constant', value: 'm' }, constants: {} }), columns);

function checkerOf(given = shaper) {
  if (given.plan === undefined) throw new Error('there is no plan');
  const fields = given.plan.fields.length;
  const counted = { missing: new Float64Array(fields), dropped: new Float64Array(fields), onDropped: () => undefined };
  const checker = createCsvChecker(given.plan, { delimiter: ',', quote: '"' }, schema.metric('m'), schema.metricKeys, counted);
  return { checker, counted };
}

describe('the check straight from bytes', () => {
  it('finds the size, the time and the values of the event that the way through cells makes, or leaves the row to it', () => {
    const cell = fc.oneof(
      fc.constantFrom(
        '',
        '1',
        '-0',
        '007',
        '-007',
        '+5',
        '+',
        '-',
        '2147483648',
        '-2147483648',
        '1e5',
        '1E+05',
        '1.',
        '.5',
        '00.5',
        '-1.50',
      ),
      fc.constantFrom('true', 'FALSE', 'tRuE', 'truE ', '4RUE', 'ä', 'a b', '99999999999999999999', '1234567890', '9223372036854775808'),
      fc.string({ maxLength: 6 }).filter((text) => !/[",\r\n]/.test(text)),
    );
    const time = fc.constantFrom(
      '1490638685520',
      '149063868552',
      '9999999999999',
      '-149063868552',
      '+149063868552',
      '14906386855.2',
      '01490638685520',
      '12345678901234',
      '-5',
      'x',
      '',
    );
    fc.assert(
      fc.property(time, fc.array(cell, { minLength: cellsOfRow, maxLength: cellsOfRow }), (at, cells) => {
        const { checker, counted } = checkerOf();
        const row = Buffer.from([at, ...cells].join(','));
        const bytes = checker?.check(row, 0, row.length) ?? -1;
        if (bytes < 0) return;
        const event = shaper.shape([at, ...cells]);
        expect(typeof event === 'string' ? Buffer.byteLength(event) : event).toBe(bytes);
        const members = emptyMembers();
        if (typeof event !== 'string') throw new Error(event.reason);
        scanObject(event, members);
        const resolved = resolveEvent(members, schema, 'rejected');
        if (resolved.kind === 'rejected') throw new Error(resolved.reason);
        expect(checker?.times[0]).toBe(resolved.landing.epochMillis);
        const { fields } = resolved.landing;
        expect([...counted.missing].reduce((sum, one) => sum + one, 0)).toBe(cellsOfRow - fields.length);
        expect([...counted.dropped].reduce((sum, one) => sum + one, 0)).toBe(fields.filter(({ state }) => state === 'dropped').length);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a column is a metric type key', ['timestamp', 'kind']],
    ['two columns are the same field', ['timestamp', 'int', 'i']],
    ['a name is forbidden', ['timestamp', '_fx']],
  ])('is not used where %s', (_what, names) => {
    const given = csvShaper(settings({ metricType: { kind: 'constant', value: 'm' } }), names);
    expect(checkerOf(given).checker).toBeUndefined();
  });
});
