import { describe, expect, it } from 'vitest';
import { requestTo, serviceRows } from '../../../../electron/engine/send/route.ts';
import { limitsSchema } from '../../../../shared/contract/connections.ts';
import { payloadOf } from './payloads.ts';

const endpoint = { root: 'https://api.fineo.io', stage: 'v1', region: 'us-east-1' };
const by = (route: 'stream' | 'batch') => serviceRows(route, endpoint, limitsSchema.parse({}));
const payload = payloadOf([{ a: 1 }]);

describe('addresses', () => {
  it('are those of the service', () => {
    expect(by('stream').requestFor('unused', payload)).toMatchObject({
      method: 'PUT',
      origin: 'https://api.fineo.io',
      path: '/stream/v1/stream/events',
    });
    expect(by('batch').requestFor('a-1-2', payload, 'digest')).toMatchObject({
      path: '/batch/v1/batch/upload/data/a-1-2',
      body: payload.bytes,
      bodyDigest: 'digest',
    });
  });

  it('keep the port and the path of the root', () => {
    expect(requestTo('schema', { ...endpoint, root: 'http://127.0.0.1:8080/a/b/' }, 'GET', '/schema')).toEqual({
      method: 'GET',
      origin: 'http://127.0.0.1:8080',
      path: '/a/b/schema/v1/schema',
    });
  });

  it('encode names so that they stay one part of the path', () => {
    expect(by('batch').requestFor("März (1)/'?#*!.csv", payload).path).toBe(
      '/batch/v1/batch/upload/data/M%C3%A4rz%20%281%29%2F%27%3F%23%2A%21.csv',
    );
  });
});
