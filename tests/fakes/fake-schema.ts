/** A schema, what is unknown to it, and a host that keeps and changes it. */
import type { Failure } from '../../shared/contract/common.ts';
import type { Snapshot } from '../../shared/contract/contract.ts';
import type { SeenField } from '../../shared/contract/sample.ts';
import type { KnownSchema, ServiceSchema } from '../../shared/contract/schema.ts';
import { fakeNow, productionConnection } from './fake-data.ts';
import { quietFlow } from './fake-folders.ts';
import { FakeHost, ScriptedFailure } from './fake-host.ts';

export const pointsSchema: ServiceSchema = {
  tenant: { timestampPatterns: ['ISO_INSTANT', 'uuuu-MM-dd HH:mm', 'RFC_1123_DATE_TIME'], metricKeys: ['type', 'kind'] },
  metrics: [
    {
      name: 'points',
      aliases: ['pts'],
      timestampPatterns: [],
      timestampAliases: ['when'],
      fields: [
        { name: 'point1', aliases: [], type: 'INT' },
        { name: 'point3', aliases: ['p3'], type: 'DOUBLE' },
        { name: 'raw', aliases: [] },
      ],
    },
    { name: 'weather', aliases: [], timestampPatterns: ['uuuu-MM-dd'], timestampAliases: [], fields: [] },
  ],
};

export const knownPoints: KnownSchema = { connectionId: 'production', schema: pointsSchema, readAt: fakeNow };

export const seenField = (change: Partial<SeenField> = {}): SeenField => ({
  metric: 'points',
  isMetricKnown: true,
  metricFields: 3,
  name: 'pont3',
  values: 12,
  examples: ['1.5', '2'],
  type: 'DOUBLE',
  similar: ['point3'],
  files: [{ name: 'points.csv', at: fakeNow }],
  ...change,
});

export const failureOf = (code: Failure['code'], message: string, context: Failure['context'] = {}): Failure => ({
  code,
  message,
  context,
});

const state: Omit<Snapshot, 'revision'> = {
  app: { version: '0.1.0', host: 'browser', platform: 'linux', dataDir: '/data', vault: 'file' },
  connections: [productionConnection],
  transfers: [],
  folders: [],
  flow: quietFlow,
  sandbox: { state: 'stopped', faults: [], rows: 0, errors: 0, requests: 0 },
  notices: [],
};

/** @param fresh what the service says when it is asked; @param refusal of every change */
export function schemaHost(kept: KnownSchema, fresh: KnownSchema, refusal?: Failure): FakeHost {
  let known = fresh;
  return new FakeHost(state, {
    'schema.get': ({ refresh }) => (refresh ? known : kept),
    'schema.unknown': () => ({ fields: known.schema === undefined ? [] : [seenField()], dropped: [], filesRead: 1 }),
    'schema.change': ({ change }) => {
      if (refusal !== undefined) throw new ScriptedFailure(refusal);
      if (change.kind === 'tenant' && known.schema !== undefined) {
        const { timestampPatterns, metricKeys } = known.schema.tenant;
        const tenant = {
          timestampPatterns: change.timestampPatterns ?? timestampPatterns,
          metricKeys: change.metricKeys ?? metricKeys,
        };
        known = { ...known, schema: { ...known.schema, tenant } };
      }
      return known;
    },
    'schema.timestamp': () => ({ epochMillis: fakeNow, attempts: [{ isMatch: true, reason: '' }], hints: [] }),
    'files.samples': () => ({ files: [] }),
  });
}
