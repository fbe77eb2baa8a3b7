import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentConnectionId, environmentConnectionName, findConnection } from '../../../electron/headless/destination.ts';
import { limitsSchema, type Connection } from '../../../shared/contract/connections.ts';

const connection = (id: string, name: string): Connection => ({
  ...{ id, name, root: 'https://api.fineo.io', stage: 'v1', region: 'us-east-1', limits: limitsSchema.parse({}), isSandbox: false },
  savedSecrets: { apiKey: true, keyPair: true, sessionToken: false },
});

describe('a destination given by its address', () => {
  const endpoint = { root: 'https://api.fineo.io', stage: 'v1', region: 'us-east-1' };

  it('has the same identity in every run, so that nothing is sent twice', () => {
    expect(environmentConnectionId({ ...endpoint })).toBe(environmentConnectionId(endpoint));
  });

  it('has another identity when anything of it differs', () => {
    const text = fc.string({ minLength: 1, maxLength: 12 });
    const endpoints = fc.record({ root: text, stage: text, region: text });
    fc.assert(
      fc.property(endpoints, endpoints, (a, b) => {
        const same = a.root === b.root && a.stage === b.stage && a.region === b.region;
        return (environmentConnectionId(a) === environmentConnectionId(b)) === same;
      }),
    );
  });

  it('has a name that fits into a connection, however long the address is', () => {
    const long = { ...endpoint, root: `https://${'a'.repeat(200)}.example` };
    expect(environmentConnectionName(long).length).toBeLessThanOrEqual(100);
    expect(environmentConnectionName(long)).not.toBe(environmentConnectionName({ ...long, stage: 'v2' }));
  });
});

describe('a destination given by its name', () => {
  const connections = [connection('1', 'Plant'), connection('2', 'plant'), connection('3', 'Lab')];

  it('is found by id, by exact name, and in another case where that is clear', () => {
    expect([findConnection(connections, '3').id, findConnection(connections, 'plant').id, findConnection(connections, 'LAB').id]).toEqual([
      '3',
      '2',
      '3',
    ]);
  });

  it('is not guessed where two fit; the saved names are told', () => {
    expect(() => findConnection(connections, 'PLANT')).toThrow(/PLANT.*Plant, plant, Lab/);
  });

  it('does not offer the addresses of earlier runs', () => {
    expect(() => findConnection([connection('env-1', 'https://somewhere')], 'x')).toThrow(/no connection is saved yet/);
  });
});
