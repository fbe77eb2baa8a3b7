import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../shared/contract/common.ts';
import type { SchemaMetric } from '../../../../shared/contract/schema.ts';
import type { Attempt } from '../../../../electron/engine/model.ts';
import { applyChange, readSchema, type SchemaPorts } from '../../../../electron/engine/schema/schema-client.ts';
import { metricDifferences, tenantDifferences } from '../../../../electron/engine/schema/schema-difference.ts';
import { answered, unsent } from '../../../fakes/scripted-transport.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

function service(answers: Readonly<Record<string, Attempt>>): { readonly ports: SchemaPorts; readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  const ports: SchemaPorts = {
    request: (method, path, body) => {
      asked.push({ method, path, body });
      return Promise.resolve(answers[`${method} ${path}`] ?? answered(404, { message: 'not there' }));
    },
    refusal: (attempt): Failure => ({
      code: attempt.kind === 'answered' ? 'schema-refused' : 'server-unreachable',
      message: 'no',
      context: {},
    }),
  };
  return { ports, asked };
}

const whole = {
  'GET /schema': answered(200, { timestampPatterns: ['ISO_INSTANT'], metricTypeKeys: ['type'] }),
  'GET /schema/metrics': answered(200, { idToMetricName: { '1': 'wetter (süd)', '2': 'deleted meanwhile' } }),
  'GET /schema/metric?metricName=wetter%20%28s%C3%BCd%29': answered(200, {
    name: 'wetter (süd)',
    aliases: null,
    fields: [
      { name: 'timestamp', aliases: ['ts'], type: 'LONG' },
      { name: 'temp', aliases: ['t'], type: 'double precision' },
      { name: 'odd', type: 'GEOMETRY' },
    ],
  }),
};

describe('the schema of a service', () => {
  it('is read whole, by the older names of the API too, without what is gone meanwhile', async () => {
    expect(await readSchema(service(whole).ports)).toEqual({
      tenant: { timestampPatterns: ['ISO_INSTANT'], metricKeys: ['type'] },
      metrics: [
        {
          name: 'wetter (süd)',
          aliases: [],
          timestampPatterns: [],
          timestampAliases: ['ts'],
          fields: [
            { name: 'temp', aliases: ['t'], type: 'DOUBLE' },
            { name: 'odd', aliases: [] },
          ],
        },
      ],
    });
  });

  it.each([
    ['is no JSON', answered(200, '<html>'), 'schema-unreadable'],
    ['has another form', answered(200, { metricmap: 7 }), 'schema-unreadable'],
    ['is a refusal', answered(403, {}), 'schema-refused'],
    ['does not come', unsent(), 'server-unreachable'],
  ])('is not guessed at when an answer %s', async (_what, answer, code) => {
    const { ports } = service({ ...whole, 'GET /schema/metrics': answer });
    await expect(readSchema(ports)).rejects.toMatchObject({ code });
  });

  it('is changed by the operation that is meant, with both names of the keys', async () => {
    const ok = answered(200, {});
    const { ports, asked } = service({
      'POST /schema/metric': ok,
      'PATCH /schema/metric': ok,
      'DELETE /schema/metric': ok,
      'POST /schema/field': ok,
      'PATCH /schema/field': ok,
      'PATCH /schema': ok,
    });
    await applyChange({ kind: 'create-metric', metric: 'a', aliases: ['b'] }, ports);
    await applyChange({ kind: 'change-metric', metric: 'a', newName: 'c' }, ports);
    await applyChange({ kind: 'delete-metric', metric: 'a' }, ports);
    await applyChange({ kind: 'create-field', metric: 'a', field: 'f', type: 'int', aliases: [] }, ports);
    await applyChange({ kind: 'change-field', metric: 'a', field: 'f', aliases: ['g'] }, ports);
    await applyChange({ kind: 'tenant', metricKeys: ['k'] }, ports);
    expect(JSON.parse(JSON.stringify(asked.map(({ body }) => body)))).toEqual([
      { metricName: 'a', aliases: ['b'] },
      { metricName: 'a', newDisplayName: 'c' },
      { metricName: 'a' },
      { metricName: 'a', fieldName: 'f', fieldType: 'int', aliases: [] },
      { metricName: 'a', fieldName: 'f', aliases: ['g'] },
      { metricKeys: ['k'], metricTypeKeys: ['k'] },
    ]);
    await expect(applyChange({ kind: 'delete-metric', metric: 'a' }, service({}).ports)).rejects.toMatchObject({ code: 'schema-refused' });
  });
});

describe('what somebody else changed', () => {
  const metric: SchemaMetric = {
    name: 'm',
    aliases: ['a', 'b'],
    timestampPatterns: [],
    timestampAliases: ['x', 'y'],
    fields: [
      { name: 'f', aliases: [], type: 'INT' },
      { name: 'g', aliases: [] },
    ],
  };

  it('is named, one by one', () => {
    const now: SchemaMetric = {
      name: 'n',
      aliases: ['b', 'a'],
      timestampPatterns: ['ISO_INSTANT'],
      timestampAliases: ['y', 'x'],
      fields: [
        { name: 'f', aliases: ['ff'], type: 'LONG' },
        { name: 'h', aliases: [] },
      ],
    };
    expect(metricDifferences(metric, now)).toEqual([
      'name: m → n',
      'timestamp patterns: none → ISO_INSTANT',
      'aliases of the timestamp: x, y → y, x',
      'field h is new',
      'type of f: INT → LONG',
      'aliases of f: none → ff',
      'field g is gone',
    ]);
    expect(metricDifferences(metric, undefined)).toEqual(['the metric type m is gone']);
    expect(metricDifferences(metric, metric)).toEqual([]);
  });

  it('is seen in the order of keys and patterns as well', () => {
    const tenant = { metricKeys: ['a', 'b'], timestampPatterns: ['x'] };
    expect(tenantDifferences(tenant, { ...tenant, metricKeys: ['b', 'a'] })).toEqual(['metric type keys: a, b → b, a']);
  });
});
