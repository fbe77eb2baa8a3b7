/** sign → send, by connection: what all transfers of a connection share. */
import { isDeepStrictEqual } from 'node:util';
import type { Connection, ConnectionCheck, Limits } from '../../shared/contract/connections.ts';
import type { ObjectTarget } from '../../shared/contract/object-store.ts';
import type { ServiceSchema } from '../../shared/contract/schema.ts';
import type { Mapping } from '../../shared/contract/mapping.ts';
import { needsSchema } from '../../shared/model/mapping-questions.ts';
import type { Endpoint } from './model.ts';
import type { Destination } from './pipeline-parts.ts';
import type { Clock, CredentialSource, Random, Transport } from './ports.ts';
import type { FieldTypeEntries } from './read/reader-protocol.ts';
import { readFieldTypes } from './schema/field-types.ts';
import { ask } from './send/ask.ts';
import { checkConnection } from './send/check-connection.ts';
import { bucketCheckName, checkBucket } from './send/check-bucket.ts';
import { createConnectionLane, type ConnectionLane } from './send/connection-lane.ts';
import { createObjectClient } from './send/s3-client.ts';
import type { ObjectLane } from './send/s3-call.ts';
import { Semaphore } from './semaphore.ts';
import { signObjectRequest } from './sign/sign-object-request.ts';
import { signRequest } from './sign/sign-request.ts';

const patienceOfChecks = { giveUpAfterMs: 5_000, giveUpUnreachedAfterMs: 3_000, giveUpLimitedAfterMs: 5_000 };
/** The types of fields are a help, not a condition. */
const schemaTimeoutMs = 5_000;

interface DestinationPorts {
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  readonly clock: Clock;
  readonly random: Random;
  /** As it is now, else as it was kept; undefined when neither can be had. */
  readonly schemaOf: (connection: Connection) => Promise<ServiceSchema | undefined>;
}

interface Shared {
  readonly limits: Limits;
  readonly lane: ConnectionLane;
  readonly objectLane: Destination['objectLane'];
  readonly directLane: Destination['directLane'];
  readonly places: Destination['places'];
}

export class Destinations {
  private readonly shared = new Map<string, Shared>();

  constructor(
    private readonly ports: DestinationPorts,
    private readonly isPaused: (connectionId: string) => boolean,
  ) {}

  /** Ready to send to; the schema is asked for the types of fields where the mapping wants that. */
  async open(connection: Connection, mappings: readonly Mapping[]): Promise<Destination> {
    const endpoint = endpointOf(connection);
    const last = this.shared.get(connection.id);
    const { limits } = connection;
    const known = last !== undefined && isDeepStrictEqual(last.limits, limits) ? last : sharedFor(limits, this.ports.clock);
    this.shared.set(connection.id, known);
    known.lane.gate.set(this.isPaused(connection.id));
    return {
      connectionId: connection.id,
      endpoint,
      ...known,
      fieldTypes: await this.fieldTypes(connection, endpoint, mappings),
      schema: mappings.some(needsSchema) ? await this.ports.schemaOf(connection) : undefined,
    };
  }

  /** The connection changed: its limits and what is known of its service begin anew. */
  forget(connectionId: string): void {
    this.shared.delete(connectionId);
  }

  /** What is paused is others now. */
  pausesChanged(): void {
    for (const [connectionId, { lane }] of this.shared) lane.gate.set(this.isPaused(connectionId));
  }

  /** The network is back, or the computer awake: nobody waits for a time that has passed. */
  wake(): void {
    for (const { lane } of this.shared.values()) lane.pauses.wake();
  }

  lane(connectionId: string): ConnectionLane | undefined {
    return this.shared.get(connectionId)?.lane;
  }

  async check(connection: Connection): Promise<readonly ConnectionCheck[]> {
    return checkConnection(endpointOf(connection), connection.id, { ...this.ports, sign: signRequest });
  }

  /** Apart from what is being sent there, and with less patience. */
  async checkBucket({ id: connectionId, limits }: Connection, target: ObjectTarget): Promise<readonly ConnectionCheck[]> {
    const { prefix } = target;
    const lane = { ...createConnectionLane(limits, this.ports.clock), found: {} };
    const context = { store: target, connectionId, lane, signal: new AbortController().signal, ...patienceOfChecks };
    const client = createObjectClient(context, { ...this.ports, sign: signObjectRequest });
    const key = [...(prefix === '' ? [] : [prefix]), bucketCheckName].join('/');
    return checkBucket(client, key);
  }

  /** Types of the metric types that mappings name. Those that stand in a column are not known beforehand; their numbers go as numbers. */
  private async fieldTypes(connection: Connection, endpoint: Endpoint, mappings: readonly Mapping[]): Promise<FieldTypeEntries> {
    const metricTypes = new Set<string>();
    for (const { numbers, metricType } of mappings)
      if (numbers === 'schema' && metricType.kind === 'constant') metricTypes.add(metricType.value);
    if (metricTypes.size === 0) return [];
    const credentials = await this.ports.credentials.get(connection.id);
    if (credentials === undefined) return [];
    const ports = { ...this.ports, sign: signRequest };
    const types = await readFieldTypes([...metricTypes], {
      get: (path) => ask(endpoint, credentials, { api: 'schema', method: 'GET', path, timeoutMs: schemaTimeoutMs }, ports),
    });
    return [...types].map(([metricType, fields]) => [metricType, [...fields]]);
  }
}

/** Batches are large: more of them at once would fill the memory and not the line. */
const mostBatches = 3;

const placesFor = (concurrentRequests: number): Destination['places'] => ({
  stream: new Semaphore(concurrentRequests),
  batch: new Semaphore(Math.min(concurrentRequests, mostBatches)),
  s3: new Semaphore(concurrentRequests),
  kinesis: new Semaphore(concurrentRequests),
  firehose: new Semaphore(concurrentRequests),
});

function sharedFor(limits: Limits, clock: Clock): Shared {
  const lane = createConnectionLane(limits, clock);
  const places = placesFor(limits.concurrentRequests);
  return { limits, lane, objectLane: objectLanes(limits, lane, clock), directLane: directLanes(limits, lane, clock), places };
}

/**
 * A lane for each bucket: that one is not there, or elsewhere, says nothing of another. A pause of the connection is one of its
 * buckets too, and they share its bandwidth.
 */
function objectLanes(limits: Limits, { gate, pauses, bandwidth }: ConnectionLane, clock: Clock): Destination['objectLane'] {
  const lanes = new Map<string, ObjectLane>();
  return ({ endpoint, region, bucket }) => {
    const name = JSON.stringify([endpoint, region, bucket]);
    const lane = lanes.get(name) ?? { ...createConnectionLane(limits, clock), gate, pauses, bandwidth, found: {} };
    lanes.set(name, lane);
    return lane;
  };
}

/** A lane for each managed stream, as for each bucket. */
function directLanes(limits: Limits, { gate, pauses, bandwidth }: ConnectionLane, clock: Clock): Destination['directLane'] {
  const lanes = new Map<string, ConnectionLane>();
  return (route, { endpoint, region, name: stream }) => {
    const name = JSON.stringify([route, endpoint, region, stream]);
    const lane = lanes.get(name) ?? { ...createConnectionLane(limits, clock), gate, pauses, bandwidth };
    lanes.set(name, lane);
    return lane;
  };
}

const endpointOf = ({ root, stage, region }: Connection): Endpoint => ({ root, stage, region });
