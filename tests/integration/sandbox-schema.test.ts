import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { SandboxAccess } from '../../electron/sandbox/server.ts';
import { call, callOwn, exchange, putEvents, weather, withSandbox, type TestAnswer } from './sandbox-client.ts';

const schemaCall = (access: SandboxAccess, method: string, path: string, body?: unknown): Promise<TestAnswer> =>
  call(access, { method, path: `/schema/v1/schema${path}`, body: body === undefined ? undefined : JSON.stringify(body) });

const metricOf = async (access: SandboxAccess, name: string): Promise<unknown> =>
  (await schemaCall(access, 'GET', `/metric?metricName=${encodeURIComponent(name)}`)).json;

describe('the schema API', () => {
  it('keeps patterns and metric type keys of the tenant, by either of their names', () =>
    withSandbox({}, async ({ access }) => {
      expect((await schemaCall(access, 'GET', '')).json).toEqual({ timestampPatterns: [], metricKeys: [] });
      expect(await schemaCall(access, 'PATCH', '', { metricKeys: ['kind'], timestampPatterns: ['ISO_INSTANT'] })).toMatchObject({
        status: 200,
        json: {},
      });
      await schemaCall(access, 'PATCH', '', { metricTypeKeys: ['type', 'kind'], metricKeys: ['ignored'] });
      expect((await schemaCall(access, 'GET', '')).json).toEqual({ timestampPatterns: ['ISO_INSTANT'], metricKeys: ['type', 'kind'] });
      expect((await schemaCall(access, 'PATCH', '', { timestampPatterns: ['{'] })).status).toBe(400);
      expect((await schemaCall(access, 'PATCH', '', { timestampPatterns: 'x' })).status).toBe(400);
    }));

  it('creates, shows, renames and deletes metric types, by display name or alias', () =>
    withSandbox({}, async ({ access }) => {
      await schemaCall(access, 'POST', '/metric', { metricName: 'weather', aliases: ['wx'] });
      await schemaCall(access, 'PATCH', '/metric', { metricName: 'wx', aliases: ['met'], timestampPatterns: ['uuuu-MM-dd HH:mm'] });
      const wanted = {
        aliases: ['wx', 'met'],
        timestampPatterns: ['uuuu-MM-dd HH:mm'],
        fields: [{ name: 'timestamp', aliases: [], type: 'LONG' }],
      };
      expect(await metricOf(access, 'met')).toEqual({ name: 'weather', ...wanted });
      await schemaCall(access, 'PATCH', '/metric', { metricName: 'weather', newDisplayName: 'Weather & more' });
      expect(await metricOf(access, 'Weather & more')).toEqual({ name: 'Weather & more', ...wanted });
      expect((await schemaCall(access, 'GET', '/metric?metricName=weather')).status).toBe(404);
      expect((await schemaCall(access, 'GET', '/metrics')).json).toEqual({ metricmap: { 1: 'Weather & more' } });
      expect((await schemaCall(access, 'GET', '/metric')).status).toBe(400);
      for (let times = 0; times < 2; times++) {
        expect(await schemaCall(access, 'DELETE', '/metric', { metricName: 'Weather & more' })).toMatchObject({ status: 200, json: {} });
      }
      expect((await schemaCall(access, 'GET', '/metrics')).json).toEqual({ metricmap: {} });
    }));

  it('adds aliases to those there are and repeats none within the parent', () =>
    withSandbox({}, async ({ access }) => {
      await schemaCall(access, 'POST', '/metric', { metricName: 'a', aliases: ['x'] });
      await schemaCall(access, 'POST', '/metric', { metricName: 'b' });
      expect((await schemaCall(access, 'PATCH', '/metric', { metricName: 'b', aliases: ['x'] })).status).toBe(400);
      expect((await schemaCall(access, 'POST', '/metric', { metricName: 'x' })).status).toBe(400);
      await schemaCall(access, 'POST', '/field', { metricName: 'a', fieldName: 'one', fieldType: 'int', aliases: ['1'] });
      expect(
        (await schemaCall(access, 'POST', '/field', { metricName: 'a', fieldName: 'two', fieldType: 'int', aliases: ['1'] })).status,
      ).toBe(400);
      expect((await schemaCall(access, 'PATCH', '/field', { metricName: 'a', fieldName: 'one', aliases: ['uno', '1'] })).status).toBe(200);
      expect((await schemaCall(access, 'GET', '/field?metricName=x&fieldName=uno')).json).toEqual({
        name: 'one',
        aliases: ['1', 'uno'],
        type: 'INT',
      });
      expect((await schemaCall(access, 'PATCH', '/field', { metricName: 'a', fieldName: 'timestamp', aliases: ['one'] })).status).toBe(400);
    }));

  it('knows every spelling of the field types, and says when there is none', () =>
    withSandbox({}, async ({ access }) => {
      await schemaCall(access, 'POST', '/metric', { metricName: 'm' });
      const spellings = {
        STRING: ['STRING', 'varchar'],
        BOOLEAN: ['Boolean'],
        INT: ['INTEGER', 'int', 'SmallInt'],
        LONG: ['LONG', 'bigint'],
        FLOAT: ['float'],
        DOUBLE: ['DOUBLE', 'double precision', 'DOUBLE_PRECISION'],
        BYTES: ['binary', 'BYTES'],
      };
      for (const [type, names] of Object.entries(spellings)) {
        for (const fieldType of names) {
          expect((await schemaCall(access, 'POST', '/field', { metricName: 'm', fieldName: fieldType, fieldType })).status).toBe(200);
          const query = `metricName=m&fieldName=${encodeURIComponent(fieldType)}`;
          expect((await schemaCall(access, 'GET', `/field?${query}`)).json).toEqual({ name: fieldType, aliases: [], type });
        }
      }
      for (const fieldType of ['text', 'toString', '']) {
        expect((await schemaCall(access, 'POST', '/field', { metricName: 'm', fieldName: 'f', fieldType })).status, fieldType).toBe(400);
      }
      for (const fieldName of ['timestamp', 'metrictype', 'companykey', '_fx', 'T1¦¦x']) {
        expect((await schemaCall(access, 'POST', '/field', { metricName: 'm', fieldName, fieldType: 'int' })).status, fieldName).toBe(400);
      }
      expect((await schemaCall(access, 'POST', '/field', { metricName: 'none', fieldName: 'f', fieldType: 'int' })).status).toBe(404);
      expect((await schemaCall(access, 'GET', '/field?metricName=m&fieldName=none')).status).toBe(404);
    }));

  it('decides how events are read', () =>
    withSandbox({}, async (sandbox) => {
      const { access } = sandbox;
      await schemaCall(access, 'PATCH', '', { metricTypeKeys: ['type'] });
      await schemaCall(access, 'POST', '/metric', { metricName: 'weather', aliases: ['wx'] });
      await schemaCall(access, 'PATCH', '/metric', { metricName: 'weather', timestampPatterns: ['uuuu-MM-dd HH:mm@Europe/Berlin'] });
      await schemaCall(access, 'PATCH', '/field', { metricName: 'weather', fieldName: 'timestamp', aliases: ['when'] });
      await schemaCall(access, 'POST', '/field', {
        metricName: 'weather',
        fieldName: 'temperature',
        fieldType: 'double',
        aliases: ['temp'],
      });
      await putEvents(access, [
        { type: 'wx', when: '2015-10-12 12:34', temp: '12.5', unknown: 'kept' },
        { type: 'weather', timestamp: '1490638685520', temperature: 'warm' },
      ]);
      expect(sandbox.rows({ table: 'weather', offset: 0, limit: 9 })).toEqual({
        columns: ['temperature', 'unknown'],
        total: 2,
        rows: [
          { metricType: 'weather', timestamp: Date.parse('2015-10-12T10:34:00Z'), fields: { temperature: '12.5', unknown: 'kept' } },
          { metricType: 'weather', timestamp: 1_490_638_685_520, fields: {} },
        ],
      });
    }));
});

interface Described {
  readonly operationId: string;
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<
    Record<string, { readonly headers: object; readonly content: { readonly 'application/json': { readonly schema: object } } }>
  >;
}
interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: object;
}

/** Every operation, with requests and the status that is expected. */
const exchanges: readonly (readonly [method: string, path: string, status: number, body?: unknown])[] = [
  ['PATCH', '/schema/v1/schema', 200, { timestampPatterns: ['ISO_INSTANT'], metricTypeKeys: ['type'], metricKeys: ['type'] }],
  ['GET', '/schema/v1/schema', 200],
  ['POST', '/schema/v1/schema/metric', 200, { metricName: 'weather', aliases: ['wx'] }],
  ['POST', '/schema/v1/schema/metric', 400, { metricName: 'wx' }],
  ['GET', '/schema/v1/schema/metrics', 200],
  ['PATCH', '/schema/v1/schema/metric', 200, { metricName: 'wx', newDisplayName: 'Weather', timestampPatterns: [] }],
  ['PATCH', '/schema/v1/schema/metric', 404, { metricName: 'nothing' }],
  ['GET', '/schema/v1/schema/metric?metricName=Weather', 200],
  ['GET', '/schema/v1/schema/metric?metricName=nothing', 404],
  ['POST', '/schema/v1/schema/field', 200, { metricName: 'Weather', fieldName: 'wind', fieldType: 'float' }],
  ['POST', '/schema/v1/schema/field', 400, { metricName: 'Weather', fieldName: 'rain', fieldType: 'wet' }],
  ['PATCH', '/schema/v1/schema/field', 200, { metricName: 'Weather', fieldName: 'wind', aliases: ['w'] }],
  ['GET', '/schema/v1/schema/field?metricName=Weather&fieldName=w', 200],
  ['PUT', '/stream/v1/stream/event', 200, { type: 'Weather', timestamp: 1_490_638_685_520, w: 1.5, note: null }],
  ['PUT', '/stream/v1/stream/events', 200, weather(3)],
  ['PUT', '/batch/v1/batch/upload/data/a%20b', 200, weather(3)],
  ['GET', '/batch/v1/batch/status/a%20b', 200],
  ['GET', '/batch/v1/batch/status/none', 404],
  ['POST', '/batch/v1/batch/upload/file', 400, { filePath: 's3://bucket/key.csv' }],
  ['PUT', '/stream/v1/stream/events', 200, weather(2).map(({ metrictype: _, ...rest }) => rest)],
  ['GET', '/sandbox/tables', 200],
  ['GET', '/sandbox/tables/Weather/rows?offset=0&limit=5', 200],
  ['GET', '/sandbox/tables/none/rows', 404],
  ['GET', '/sandbox/tables/Weather/rows?limit=-1', 400],
  ['GET', '/sandbox/errors', 200],
  ['GET', '/sandbox/stats', 200],
  ['PUT', '/sandbox/faults', 200, { faults: [{ kind: 'status', status: 429, count: 1 }] }],
  ['PUT', '/stream/v1/stream/events', 429, weather(1)],
  ['GET', '/sandbox/faults', 200],
  ['PUT', '/sandbox/faults', 200, { faults: [{ kind: 'partial', records: 1, count: 1 }] }],
  ['PUT', '/stream/v1/stream/events', 200, weather(2)],
  ['DELETE', '/schema/v1/schema/metric', 200, { metricName: 'Weather' }],
  ['DELETE', '/sandbox/data', 200],
];

describe('the OpenAPI description', () => {
  it('fits what is asked and answered, for every operation', () =>
    withSandbox({}, async ({ access }) => {
      const served = await exchange(access.root, { method: 'GET', path: '/openapi.json', headers: {}, body: Buffer.alloc(0) });
      const document = served.json as Description;
      const ajv = new Ajv2020({ strict: false, allErrors: true });
      ajv.addSchema({ $id: 'api', ...document });
      const hold = (pointer: string, value: unknown, what: string): void => {
        const validate = ajv.getSchema(`api#${pointer}`);
        expect(validate, `${what}: nothing at ${pointer}`).toBeDefined();
        expect(validate?.(value) === true ? [] : validate?.errors, what).toEqual([]);
      };
      const answered = new Set<string>();
      for (const [method, target, status, body] of exchanges) {
        const what = `${method} ${target}`;
        const [path = '', query = ''] = target.split('?');
        const template =
          Object.keys(document.paths).find((candidate) => new RegExp(`^${candidate.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)) ?? '';
        const described = document.paths[template]?.[method.toLowerCase()];
        if (!described) throw new Error(`${what} is not described`);
        const answer = path.startsWith('/sandbox/')
          ? await callOwn(access, method, target, body)
          : await call(access, { method, path: target, body: body === undefined ? undefined : JSON.stringify(body) });
        expect(answer.status, `${what}: ${answer.text}`).toBe(status);
        const pointer = `/paths/${encodeURIComponent(template.replaceAll('/', '~1'))}/${method.toLowerCase()}`;
        expect(described.requestBody !== undefined, what).toBe(body !== undefined);
        if (body !== undefined && status === 200) hold(`${pointer}/requestBody/content/application~1json/schema`, body, `${what}, request`);
        hold(`${pointer}/responses/${status}/content/application~1json/schema`, answer.json, `${what}, answer`);
        for (const name of Object.keys(described.responses[String(status)]?.headers ?? {})) {
          if (name !== 'Retry-After') expect(answer.headers[name.toLowerCase()], `${what}: ${name}`).toBeDefined();
        }
        const known = new Set(described.parameters?.filter((parameter) => parameter.in === 'query').map(({ name }) => name));
        for (const name of new URLSearchParams(query).keys()) expect(known, what).toContain(name);
        if (status === 200) answered.add(described.operationId);
      }
      const all = Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
      const streamAnswer = `/paths/${encodeURIComponent('~1stream~1v1~1stream~1events')}/put/responses/200/content/application~1json/schema`;
      expect(() => hold(streamAnswer, { failedRecordCount: 'none' }, 'a wrong answer')).toThrow('a wrong answer');
      // Reading from S3 needs an endpoint; its answer is the same empty object as that of a batch.
      expect(all.filter((id) => !answered.has(id))).toEqual(['postFile']);
    }));

  it('is the one in the repository, but for the address', () =>
    withSandbox({}, async ({ access }) => {
      const served = await exchange(access.root, { method: 'GET', path: '/openapi.json', headers: {}, body: Buffer.alloc(0) });
      const file = JSON.parse(readFileSync(new URL('../../electron/sandbox/openapi.json', import.meta.url), 'utf8')) as object;
      expect(served.json).toEqual({ ...file, servers: [{ url: access.root }] });
    }));

  it('has security schemes that an importer of API Gateway understands', () => {
    const file = JSON.parse(readFileSync(new URL('../../electron/sandbox/openapi.json', import.meta.url), 'utf8')) as Description;
    expect(file.openapi).toBe('3.1.0');
    expect(file.components).toMatchObject({
      securitySchemes: {
        apiKey: { type: 'apiKey', name: 'x-api-key', in: 'header' },
        sigv4: { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' },
      },
    });
  });
});
