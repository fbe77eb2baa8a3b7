import { randomBytes } from 'node:crypto';
import { limitsSchema, type Connection, type ConnectionCheck, type Secrets } from '../../shared/contract/connections.ts';
import type { ParsedInput } from '../../shared/contract/contract.ts';
import type { BucketChoice } from '../../shared/contract/object-store.ts';
import { bucketPolicies, type BucketPolicies } from '../../shared/model/bucket-policy.ts';
import type { Transfer } from '../../shared/contract/transfers.ts';
import type { Destinations } from './destinations.ts';
import { UploaderError } from './errors.ts';
import { objectTargetOf } from './object-key.ts';
import type { SecretVault } from './ports.ts';
import type { ConnectionStore } from './record/connection-store.ts';

/** Connections: their settings in the journal, their secrets in the vault and nowhere else. */
export class Connections {
  constructor(
    private readonly store: ConnectionStore,
    private readonly vault: SecretVault,
    private readonly destinations: Destinations,
    private readonly onChange: () => void,
    private readonly isWatched: (connectionId: string) => boolean,
  ) {}

  async add(
    input: ParsedInput<'connections.add'>,
    options: { readonly id?: string; readonly isSandbox?: boolean } = {},
  ): Promise<Connection> {
    const { secrets, limits, ...endpoint } = input;
    const connection: Connection = {
      id: options.id ?? `c${randomBytes(6).toString('hex')}`,
      ...endpoint,
      limits: limitsSchema.parse(limits),
      isSandbox: options.isSandbox ?? false,
      savedSecrets: savedOf(secrets),
    };
    // The name is checked before a secret is kept for a connection that will not exist.
    this.store.put(connection);
    await this.vault.set(connection.id, secrets);
    this.changed(connection.id);
    return connection;
  }

  async update(input: ParsedInput<'connections.update'>): Promise<Connection> {
    const { id, secrets, limits, objectStore, ...endpoint } = input;
    const { objectStore: oldStore, ...old } = this.known(id);
    const store = objectStore === undefined ? oldStore : (objectStore ?? undefined);
    const connection: Connection = {
      ...old,
      ...endpoint,
      limits: limitsSchema.parse({ ...old.limits, ...limits }),
      ...(store === undefined ? {} : { objectStore: store }),
      savedSecrets: secrets === undefined ? old.savedSecrets : savedOf(secrets),
    };
    this.store.put(connection);
    if (secrets !== undefined) await this.vault.set(id, secrets);
    this.changed(id);
    return connection;
  }

  /** Throws `connection-in-use` while a transfer to it runs, or a watched folder sends to it. */
  async remove(id: string, transfers: readonly Transfer[]): Promise<void> {
    const { name } = this.known(id);
    if (transfers.some((transfer) => transfer.connectionId === id && transfer.state === 'running')) {
      throw new UploaderError('connection-in-use', `files are being sent to ${name}; cancel that first`, { name });
    }
    if (this.isWatched(id)) {
      throw new UploaderError('connection-in-use', `a watched folder sends to ${name}; remove the folder first`, { name });
    }
    this.store.remove(id);
    await this.vault.delete(id);
    this.changed(id);
  }

  async test(id: string): Promise<readonly ConnectionCheck[]> {
    const connection = this.known(id);
    const checks = await this.destinations.check(connection);
    return connection.objectStore === undefined ? checks : [...checks, ...(await this.testBucket(id, {}))];
  }

  async testBucket(id: string, given: BucketChoice): Promise<readonly ConnectionCheck[]> {
    const connection = this.known(id);
    return this.destinations.checkBucket(connection, objectTargetOf(connection, given));
  }

  bucketPolicies(id: string, given: BucketChoice): BucketPolicies {
    return bucketPolicies(objectTargetOf(this.known(id), given));
  }

  /** Throws `connection-unknown`. */
  known(id: string): Connection {
    const connection = this.store.get(id);
    if (connection === undefined) throw new UploaderError('connection-unknown', `there is no connection ${id}`, { connectionId: id });
    return connection;
  }

  private changed(id: string): void {
    this.destinations.forget(id);
    this.onChange();
  }
}

const savedOf = (secrets: Secrets): Connection['savedSecrets'] => ({
  apiKey: true,
  keyPair: true,
  sessionToken: secrets.sessionToken !== undefined,
});
