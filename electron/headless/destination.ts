/** Where an upload goes: a saved connection by name, or an address with secrets from the environment. */
import { createHash } from 'node:crypto';
import { limitsSchema, type Connection, type Limits, type Secrets } from '../../shared/contract/connections.ts';
import { UploaderError } from '../engine/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { environmentIdPrefix, isSavedConnection } from '../../shared/model/environment-connection.ts';

export interface EndpointOptions {
  readonly root: string;
  readonly stage: string;
  readonly region: string;
}

/** The same address has the same id in every run, so that the journal knows what it has already received. */
export function environmentConnectionId(endpoint: EndpointOptions): string {
  const identity = JSON.stringify([endpoint.root, endpoint.stage, endpoint.region]);
  return environmentIdPrefix + createHash('sha256').update(identity).digest('hex').slice(0, 16);
}

/** A name that people recognise and that no two addresses share. */
export function environmentConnectionName(endpoint: EndpointOptions): string {
  const name = `${endpoint.root} ${endpoint.stage} ${endpoint.region} (environment)`;
  return name.length <= 100 ? name : `${name.slice(0, 80)}… ${environmentConnectionId(endpoint).slice(-16)}`;
}

/** By id, by name, or by name in another case when only one fits. Throws `connection-unknown`. */
export function findConnection(connections: readonly Connection[], wanted: string): Connection {
  const exact = connections.find(({ id }) => id === wanted) ?? connections.find(({ name }) => name === wanted);
  if (exact) return exact;
  const [alike, ...others] = connections.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (alike && others.length === 0) return alike;
  const known = connections.filter(isSavedConnection).map(({ name }) => name);
  const list = known.length === 0 ? 'no connection is saved yet' : `saved are: ${known.join(', ')}`;
  throw new UploaderError('connection-unknown', `there is no connection “${wanted}”; ${list}`, { connection: wanted });
}

/** Makes the connection for an address known to the engine, with this run's secrets, bucket and limits (the defaults for those not given). */
export async function useEnvironmentConnection(
  engine: Engine,
  endpoint: EndpointOptions,
  secrets: Secrets,
  limits: Partial<Limits>,
  objectStore?: Connection['objectStore'],
): Promise<Connection> {
  const id = environmentConnectionId(endpoint);
  const input = { name: environmentConnectionName(endpoint), ...endpoint, limits: limitsSchema.parse(limits), objectStore, secrets };
  const known = engine.listConnections().some((connection) => connection.id === id);
  return known ? engine.updateConnection({ id, ...input }) : engine.addConnection(input, { id });
}
