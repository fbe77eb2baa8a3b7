import type { ServiceSchema } from '../../shared/contract/schema.ts';
import type { Limits } from '../../shared/contract/connections.ts';
import type { DirectTarget } from '../../shared/contract/direct-stream.ts';
import type { DirectRoute } from '../../shared/model/route.ts';
import type { Endpoint, Route } from './model.ts';
import type { Clock, CredentialSource, Logger, Random, Transport } from './ports.ts';
import type { FieldTypeEntries } from './read/reader-protocol.ts';
import type { ReaderPool } from './reader-pool.ts';
import type { Journal } from './record/journal.ts';
import type { SeenFieldStore } from './record/seen-field-store.ts';
import type { Semaphore } from './semaphore.ts';
import type { ConnectionLane } from './send/deliver.ts';
import type { ObjectStore } from './send/s3-address.ts';
import type { ObjectLane } from './send/s3-call.ts';

/** What the pipeline is made of. */
export interface PipelineParts {
  readonly journal: Journal;
  readonly seenFields: SeenFieldStore;
  readonly readers: ReaderPool;
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly rejectsDir: string;
  /** Milliseconds to wait for the answer to a request; the default of `Delivery` when absent. */
  readonly requestTimeoutMs: number | undefined;
}

/** Where the rows of a transfer go; shared by its files. */
export interface Destination {
  readonly connectionId: string;
  readonly endpoint: Endpoint;
  readonly limits: Limits;
  readonly lane: ConnectionLane;
  /** What all requests to one bucket share. */
  readonly objectLane: (store: ObjectStore) => ObjectLane;
  /** What all requests to one managed stream share. */
  readonly directLane: (route: DirectRoute, target: DirectTarget) => ConnectionLane;
  /** Requests of the connection at once. */
  readonly places: Readonly<Record<Route, Semaphore>>;
  readonly fieldTypes: FieldTypeEntries;
  /** Where mappings leave something to it. */
  readonly schema?: ServiceSchema | undefined;
}
