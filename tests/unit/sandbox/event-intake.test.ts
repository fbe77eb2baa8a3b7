import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCatalogue, emptyTenant, newMetric, type Catalogue } from '../../../electron/sandbox/catalogue.ts';
import { takeInEvents } from '../../../electron/sandbox/event-intake.ts';
import { loadPatternSupport } from '../../../electron/sandbox/timestamps.ts';

beforeAll(loadPatternSupport);

const time = 1_490_638_685_520;
const take = (events: unknown, catalogue: Catalogue = createCatalogue(emptyTenant, []), autoCreateMetrics = true) => {
  const intake = takeInEvents(Buffer.from(JSON.stringify(events)), catalogue, { autoCreateMetrics });
  if (intake.kind === 'invalid') throw new Error(intake.message);
  return intake;
};

const schema = (): Catalogue =>
  createCatalogue({ metricKeys: ['type', 'kind'], timestampPatterns: ['uuuu-MM-dd HH:mm:ss'] }, [
    { ...newMetric(1, 'weather', ['wx']), timestampAliases: ['at', 'when'], timestampPatterns: ['dd.MM.uuuu HH:mm'] },
    newMetric(2, 'power'),
  ]);

describe('where an event belongs', () => {
  it('takes the first metric type key that has a value, else metrictype', () => {
    const { groups, malformed } = take(
      [
        { type: 'weather', kind: 'power', timestamp: time },
        { type: null, kind: 'power', timestamp: time },
        { type: null, metrictype: 'power', timestamp: time },
        { metrictype: 'wx', timestamp: time },
      ],
      schema(),
    );
    expect(malformed).toEqual([]);
    expect(groups.map(({ metricId, metricKey, times }) => [metricId, metricKey, times.length])).toEqual([
      [1, 'type', 1],
      [2, 'kind', 1],
      [2, 'metrictype', 1],
      [1, 'metrictype', 1],
    ]);
  });

  it('is case sensitive about metric types', () => {
    expect(take([{ metrictype: 'Weather', timestamp: time }], schema(), false).malformed).toMatchObject([
      { message: expect.stringContaining('not known') as string },
    ]);
    expect(take([{ metrictype: 'Weather', timestamp: time }], schema()).created).toMatchObject([{ id: 3, name: 'Weather' }]);
  });

  it('takes the first timestamp alias of the metric that is there, else timestamp', () => {
    const { groups } = take(
      [
        { metrictype: 'weather', when: time, at: time + 1 },
        { metrictype: 'weather', when: time },
        { metrictype: 'weather', timestamp: time },
        { metrictype: 'power', timestamp: time, at: 'a field' },
      ],
      schema(),
    );
    expect(groups.map(({ timestampKey, times }) => [timestampKey, times])).toEqual([
      ['at', [time + 1]],
      ['when', [time]],
      ['timestamp', [time]],
      ['timestamp', [time]],
    ]);
  });

  it('reads times by the patterns of the metric, then of the tenant, then as milliseconds', () => {
    const texts = ['12.10.2015 12:34', '2015-10-12 12:34:16', String(time)];
    const { groups } = take(
      texts.map((timestamp) => ({ metrictype: 'weather', timestamp })),
      schema(),
    );
    expect(groups[0]?.times).toEqual([Date.parse('2015-10-12T12:34:00Z'), Date.parse('2015-10-12T12:34:16Z'), time]);
    expect(take([{ metrictype: 'power', timestamp: '12.10.2015 12:34' }], schema()).malformed).toHaveLength(1);
  });

  it('lists fields in order of first appearance, without metric type and time', () => {
    const { groups } = take([
      { metrictype: 'm', b: 1, timestamp: time, a: 2 },
      { metrictype: 'm', c: 1, timestamp: time, a: 2 },
      { metrictype: 'm', b: 1, timestamp: time },
    ]);
    expect(groups).toHaveLength(1);
    expect([...(groups[0]?.columns ?? [])]).toEqual(['b', 'a', 'c']);
  });
});

describe('what is malformed', () => {
  const good = { metrictype: 'm', timestamp: time };
  const bad: Readonly<Record<string, unknown>> = {
    'no object': 5,
    'a nested object': { ...good, a: {} },
    'a nested array': { ...good, a: [] },
    'no metric type': { timestamp: time },
    'an empty metric type': { ...good, metrictype: '' },
    'a metric type that is a number': { ...good, metrictype: 5 },
    'no timestamp': { metrictype: 'm' },
    'a null timestamp': { ...good, timestamp: null },
    'a timestamp with a fraction': { ...good, timestamp: 1.5 },
    'a timestamp that is a word': { ...good, timestamp: 'noon' },
    companykey: { ...good, companykey: 'x' },
    'a name that begins with _f': { ...good, _field: 1 },
    'a name of the inner form T1¦¦': { ...good, 'T1\u00a6\u00a6x': 1 },
  };
  for (const [what, event] of Object.entries(bad)) {
    it(what, () => {
      const { malformed, groups } = take([good, event, good]);
      expect(malformed).toHaveLength(1);
      expect(groups.reduce((sum, { times }) => sum + times.length, 0)).toBe(2);
    });
  }

  it('metrictype and timestamp as ordinary fields', () => {
    expect(take([{ type: 'power', metrictype: 'x', timestamp: time }], schema()).malformed).toHaveLength(1);
    expect(take([{ metrictype: 'weather', at: time, timestamp: time }], schema()).malformed).toHaveLength(1);
  });

  it('but not names that only look like those', () => {
    const event = { ...good, _x: 1, fee: 2, 'T¦¦': 3, T1: 4, companyKey: 5, Metrictype: 6 };
    expect(take([event]).malformed).toEqual([]);
  });
});

describe('many events in one request', () => {
  const value = fc.constantFrom<unknown>('weather', 'wx', 'power', 'new', time, String(time), '2015-10-12 12:34:16', null, 1.5, {});
  const event = fc.dictionary(fc.constantFrom('type', 'kind', 'metrictype', 'timestamp', 'at', 'when', 'a', 'b', '_f'), value, {
    noNullPrototype: true,
  });
  const usual = fc.constant({ type: 'weather', timestamp: time, a: 1 });

  it('are each read as if they were alone', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(event, usual), { maxLength: 20 }), (events) => {
        const body = Buffer.from(JSON.stringify(events));
        const together = take(events, schema());
        const found = new Map<string, unknown>();
        for (const { metricKey, timestampKey, slices, times } of together.groups) {
          times.forEach((at, index) => found.set(`${slices[index * 2] ?? 0}`, [metricKey, timestampKey, at]));
        }
        for (const { start, message } of together.malformed) found.set(`${start}`, message);
        expect(found.size).toBe(events.length);
        let start = 1;
        for (const single of events) {
          const alone = take([single], schema());
          const [group] = alone.groups;
          const wanted = group ? [group.metricKey, group.timestampKey, group.times[0]] : alone.malformed[0]?.message;
          expect(found.get(`${start}`), body.toString()).toEqual(wanted);
          start += JSON.stringify(single).length + 1;
        }
      }),
      { numRuns: 500 },
    );
  });
});
