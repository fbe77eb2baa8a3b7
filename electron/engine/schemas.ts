/** sign → send → schema → record: the schema of each connection, read, kept and changed. */
import type { Failure } from '../../shared/contract/common.ts';
import type { Connection } from '../../shared/contract/connections.ts';
import type { ParsedInput } from '../../shared/contract/contract.ts';
import type { KnownSchema, SchemaChange, SchemaMetric, ServiceSchema } from '../../shared/contract/schema.ts';
import { UploaderError, failure } from './errors.ts';
import type { Attempt } from './model.ts';
import type { Clock, CredentialSource, Transport } from './ports.ts';
import type { SchemaStore, StoredSchema } from './record/schema-store.ts';
import { applyChange, readMetric, readSchema, readTenant, type SchemaPorts } from './schema/schema-client.ts';
import { metricDifferences, tenantDifferences } from './schema/schema-difference.ts';
import { hideSecrets } from './send/answer-text.ts';
import { ask } from './send/ask.ts';
import { classify } from './send/classify.ts';
import { signRequest } from './sign/sign-request.ts';

interface SchemasParts {
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  readonly clock: Clock;
  readonly store: SchemaStore;
  /** Throws `connection-unknown`. */
  readonly connection: (id: string) => Connection;
}

const addressOf = ({ root, stage }: Connection): string => `${root}/schema/${stage}`;

export class Schemas {
  constructor(private readonly parts: SchemasParts) {}

  /** What is kept, or what the service says now; when it does not answer or may not be asked, what is kept, with the reason. */
  async get({ connectionId, refresh }: ParsedInput<'schema.get'>): Promise<KnownSchema> {
    const connection = this.parts.connection(connectionId);
    const kept = this.parts.store.get(connectionId, addressOf(connection));
    if (kept !== undefined && !refresh) return { connectionId, ...kept };
    try {
      const schema = await readSchema(await this.portsOf(connection));
      return { connectionId, ...this.keep(connection, schema) };
    } catch (error) {
      if (!(error instanceof UploaderError)) throw error;
      return { connectionId, ...kept, failure: error.toFailure() };
    }
  }

  /** What was read before, without asking anybody. */
  kept(connection: Connection): StoredSchema | undefined {
    return this.parts.store.get(connection.id, addressOf(connection));
  }

  /**
   * Makes one change and gives the schema as it is after it. What is changed is read again first. Throws `schema-changed` when it
   * is no longer what the person saw, `schema-refused` with the service's words, or why the service could not be asked.
   */
  async change({ connectionId, change, seen }: ParsedInput<'schema.change'>): Promise<KnownSchema> {
    const connection = this.parts.connection(connectionId);
    const ports = await this.portsOf(connection);
    if (seen?.tenant !== undefined) expectSame(tenantDifferences(seen.tenant, await readTenant(ports)));
    if (seen?.metric !== undefined) expectSame(metricDifferences(seen.metric, await readMetric(seen.metric.name, ports)));
    await applyChange(change, ports);
    return { connectionId, ...this.keep(connection, await this.after(change, connection, ports)) };
  }

  /** Only what was changed is read again; everything else is as it was kept. */
  private async after(change: SchemaChange, connection: Connection, ports: SchemaPorts): Promise<ServiceSchema> {
    const kept = this.kept(connection)?.schema;
    if (kept === undefined) return readSchema(ports);
    if (change.kind === 'tenant') return { ...kept, tenant: await readTenant(ports) };
    const names = (metric: SchemaMetric): readonly string[] => [metric.name, ...metric.aliases];
    const before = kept.metrics.findIndex((metric) => names(metric).includes(change.metric));
    const others = kept.metrics.filter((_metric, at) => at !== before);
    const name = change.kind === 'change-metric' ? (change.newName ?? change.metric) : change.metric;
    const now = change.kind === 'delete-metric' ? undefined : await readMetric(name, ports);
    if (now === undefined) return { ...kept, metrics: others };
    const metrics = before === -1 ? [...others, now] : kept.metrics.map((metric, at) => (at === before ? now : metric));
    return { ...kept, metrics };
  }

  private keep(connection: Connection, schema: ServiceSchema): StoredSchema {
    const stored = { schema, readAt: this.parts.clock.now() };
    this.parts.store.put(connection.id, addressOf(connection), stored);
    return stored;
  }

  private async portsOf(connection: Connection): Promise<SchemaPorts> {
    const credentials = await this.parts.credentials.get(connection.id);
    if (credentials === undefined) {
      throw new UploaderError('credentials-missing', `the connection ${connection.name} has no API key and credentials`, {
        connection: connection.name,
      });
    }
    const { root, stage, region } = connection;
    const ports = { ...this.parts, sign: signRequest };
    let skewMs = 0;
    const send = async (method: Parameters<SchemaPorts['request']>[0], path: string, body: unknown): Promise<Attempt> => {
      const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
      const question = { api: 'schema' as const, method, path, body: bytes, skewMs };
      return hideSecrets(await ask({ root, stage, region }, credentials, question, ports), credentials);
    };
    return {
      async request(method, path, body) {
        const attempt = await send(method, path, body);
        const verdict = classify(attempt, about(ports.clock.now()));
        if (verdict.kind !== 'skewed') return attempt;
        // The clock of this computer is wrong: signed once more with the service's time.
        skewMs = verdict.offsetMs;
        return send(method, path, body);
      },
      refusal: (attempt) => refusalOf(attempt, ports.clock.now()),
    };
  }
}

const about = (nowMs: number) => ({ operation: 'schema' as const, eventCount: 0, attemptNumber: 1, nowMs });

function refusalOf(attempt: Attempt, nowMs: number): Failure {
  const verdict = classify(attempt, about(nowMs));
  const status = attempt.kind === 'answered' ? attempt.status : 0;
  if (status === 404) return failure('schema-refused', messageIn(verdict), { status });
  switch (verdict.kind) {
    case 'pause':
    case 'retry':
      return failure(verdict.code, verdict.message, { status });
    case 'skewed':
      return failure('clock-skewed', verdict.message, { status });
    case 'refused':
      return failure('schema-refused', verdict.message, { status });
    case 'accepted':
    case 'partial':
      return failure('schema-unreadable', 'the service gave an answer that the API does not describe', { status });
  }
}

const messageIn = (verdict: ReturnType<typeof classify>): string => ('message' in verdict ? verdict.message : 'it is not there');

function expectSame(differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new UploaderError('schema-changed', `somebody changed it meanwhile: ${differences.join('; ')}`, {
    differences: differences.join('\n'),
  });
}
