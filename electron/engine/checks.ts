/** Checks: files that are looked at from beginning to end before anything of them is sent. They live as long as the engine. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import type { CheckFile, CheckJob } from '../../shared/contract/check.ts';
import { limitsSchema, type Connection, type Limits } from '../../shared/contract/connections.ts';
import type { ParsedInput } from '../../shared/contract/contract.ts';
import { mappingSchema, type Mapping } from '../../shared/contract/mapping.ts';
import type { KnownSchema } from '../../shared/contract/schema.ts';
import { rejectOutcomeOf, rejectPolicyOf } from '../../shared/model/reject-policy.ts';
import { mergedReport, secondPartAt } from './check-parts.ts';
import { stampOf } from './discover/file-stamp.ts';
import { UploaderError } from './errors.ts';
import { asFailure } from './file-sending.ts';
import { fieldTypesOf } from './schema/known-field-types.ts';
import type { CheckedFile, CheckJobOrder } from './read/reader-protocol.ts';
import type { ReaderPool } from './reader-pool.ts';
import type { SeenFieldStore } from './record/seen-field-store.ts';
import type { SentFile } from './record/sent-files.ts';
import { planRoutes, type MeasuredSpeed } from './route-plans.ts';

interface ChecksParts {
  readonly readers: () => ReaderPool;
  readonly connection: (id: string) => Connection;
  readonly schema: (connectionId: string) => Promise<KnownSchema>;
  readonly measured: (connectionId: string) => MeasuredSpeed;
  readonly now: () => number;
  readonly seenFields: SeenFieldStore;
  readonly onBug: (error: unknown) => void;
}

interface Running {
  job: CheckJob;
  readonly abort: AbortController;
  readonly limits: Limits;
  readonly connectionId: string | undefined;
  readonly mappings: readonly Mapping[];
  readonly startedAt: number;
}

/** Checks that ended are remembered for whoever asks a little later. */
const remembered = 20;

export class Checks {
  private readonly checks = new Map<string, Running>();
  private readonly works = new Set<Promise<void>>();

  constructor(private readonly parts: ChecksParts) {}

  /** Begins and returns its id. Throws `connection-unknown`. */
  start({ files, connectionId, limits }: ParsedInput<'check.start'>): string {
    const connection = connectionId === undefined ? undefined : this.parts.connection(connectionId);
    const checkId = `k${randomBytes(6).toString('hex')}`;
    const queued: CheckFile[] = files.map(({ path }) => ({
      path: resolve(path),
      name: basename(path),
      state: 'queued',
      sizeBytes: 0,
      bytesRead: 0,
      rowsRead: 0,
    }));
    const running: Running = {
      job: { checkId, state: 'running', files: queued, routes: [] },
      abort: new AbortController(),
      limits: limitsSchema.parse({ ...connection?.limits, ...limits }),
      connectionId,
      mappings: files.map(({ mapping }) => mapping ?? mappingSchema.parse({})),
      startedAt: this.parts.now(),
    };
    this.checks.set(checkId, running);
    this.forgetOld();
    const work = this.run(running)
      .catch(this.parts.onBug)
      .finally(() => this.works.delete(work));
    this.works.add(work);
    return checkId;
  }

  /** Throws `not-found` when there is no such check, or it was forgotten. */
  get(checkId: string): CheckJob {
    return this.known(checkId).job;
  }

  /** Files of the remembered checks against the schema of a connection, each with its mapping. */
  filesFor(connectionId: string): readonly SentFile[] {
    return [...this.checks.values()]
      .filter((check) => check.connectionId === connectionId)
      .flatMap(({ job, mappings, startedAt }) =>
        job.files.flatMap(({ path, name }, at) => {
          const mapping = mappings[at];
          return mapping === undefined ? [] : [{ path, name, mapping, at: startedAt }];
        }),
      );
  }

  cancel(checkId: string): void {
    this.known(checkId).abort.abort();
  }

  async dispose(): Promise<void> {
    for (const { abort } of this.checks.values()) abort.abort();
    await Promise.all(this.works);
  }

  private known(checkId: string): Running {
    const found = this.checks.get(checkId);
    if (found === undefined) throw new UploaderError('not-found', `there is no check ${checkId}`, { checkId });
    return found;
  }

  private forgetOld(): void {
    const ended = [...this.checks].filter(([, { job }]) => job.state !== 'running').map(([id]) => id);
    for (const id of ended.slice(0, Math.max(0, ended.length - remembered))) this.checks.delete(id);
  }

  private async run(running: Running): Promise<void> {
    const { connectionId, abort } = running;
    const found = connectionId === undefined ? undefined : await this.parts.schema(connectionId);
    if (found?.readAt !== undefined) running.job = { ...running.job, schemaReadAt: found.readAt };
    if (found?.failure !== undefined) running.job = { ...running.job, schemaFailure: found.failure };
    for (const at of running.job.files.keys()) {
      if (abort.signal.aborted) this.change(running, at, { state: 'cancelled' });
      else await this.checkOne(running, at, found?.schema);
    }
    const routes = abort.signal.aborted ? [] : this.routesOf(running);
    running.job = { ...running.job, state: abort.signal.aborted ? 'cancelled' : 'done', routes };
  }

  private async checkOne(running: Running, at: number, schema: KnownSchema['schema']): Promise<void> {
    const file = running.job.files[at];
    const mapping = running.mappings[at];
    if (file === undefined || mapping === undefined) return;
    const { maxEventBytes, maxStreamEvents, maxStreamRequestBytes, maxBatchRequestBytes } = running.limits;
    try {
      const { sizeBytes } = await stampOf(file.path);
      this.change(running, at, { state: 'running', sizeBytes });
      const order = {
        ...{ path: file.path, fileName: file.name, mapping, schema, maxEventBytes, unknownMetrics: 'created' as const },
        fieldTypes: fieldTypesOf(schema),
        requestLimits: { maxStreamEvents, maxStreamRequestBytes, maxBatchRequestBytes },
      };
      const { report, cancelled, fields } = await this.inParts(order, sizeBytes, running.abort.signal, (fileBytes, rowsRead) =>
        this.change(running, at, { bytesRead: Math.min(fileBytes, sizeBytes), rowsRead }),
      );
      const policy = rejectPolicyOf(mapping);
      const rejects = { outcome: rejectOutcomeOf(policy, report.rowsRejected), after: policy.after };
      const ended = cancelled ? { state: 'cancelled' as const } : { state: 'done' as const, bytesRead: sizeBytes, rejects };
      this.change(running, at, { ...ended, rowsRead: report.rowsRead, report });
      const { connectionId } = running;
      if (connectionId !== undefined)
        this.parts.seenFields.checked({ connectionId, path: file.path, name: file.name }, fields, this.parts.now());
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === 'internal') this.parts.onBug(error);
      this.change(running, at, { state: 'refused', failure });
    }
  }

  /** A large file in two parts at once, where more than one processor is there to be used. */
  private async inParts(
    order: CheckJobOrder,
    sizeBytes: number,
    signal: AbortSignal,
    onProgress: (fileBytes: number, rowsRead: number) => void,
  ): Promise<CheckedFile> {
    const place = availableParallelism() > 1 ? await secondPartAt(order.path, order.mapping.format, sizeBytes) : undefined;
    const whole = (): Promise<CheckedFile> =>
      this.parts.readers().check(order, ({ fileBytes, rowsRead }) => onProgress(fileBytes, rowsRead), signal);
    if (place === undefined) return whole();
    const progress = [
      { fileBytes: 0, rowsRead: 0 },
      { fileBytes: 0, rowsRead: 0 },
    ];
    const part = (at: number, range: Pick<CheckJobOrder, 'fromByte' | 'untilByte'>): Promise<CheckedFile> =>
      this.parts.readers().check(
        { ...order, ...range },
        (now) => {
          progress[at] = now;
          onProgress(
            progress.reduce((sum, { fileBytes }) => sum + fileBytes, 0),
            progress.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
          );
        },
        signal,
      );
    const [first, second] = await Promise.all([part(0, { untilByte: place }), part(1, { fromByte: place })]);
    if (first.linesBefore === undefined) {
      // Broken off before the lines of the second part could be counted; else a row goes over the place, and only the whole can be read.
      return first.cancelled || second.cancelled ? { ...first, cancelled: true } : whole();
    }
    const report = mergedReport(first.report, second.report, first.linesBefore);
    return { ...second, report, fields: [...first.fields, ...second.fields] };
  }

  private change(running: Running, at: number, change: Partial<CheckFile>): void {
    const { job } = running;
    running.job = { ...job, files: job.files.map((file, index) => (index === at ? { ...file, ...change } : file)) };
  }

  private routesOf({ job, limits, connectionId }: Running): CheckJob['routes'] {
    const reports = job.files.flatMap(({ report }) => (report === undefined ? [] : [report]));
    const sum = (of: (report: (typeof reports)[number]) => number): number => reports.reduce((total, report) => total + of(report), 0);
    const rows = sum(({ rowsFit, rowsMalformed }) => rowsFit + rowsMalformed);
    if (rows === 0) return [];
    const requests = { stream: sum((report) => report.requests.stream), batch: sum((report) => report.requests.batch) };
    const measured = connectionId === undefined ? {} : this.parts.measured(connectionId);
    const hasBucket = connectionId !== undefined && this.parts.connection(connectionId).objectStore !== undefined;
    const files = job.files
      .filter(({ report }) => report !== undefined)
      .map(({ name, sizeBytes }) => ({ sizeBytes, isGzip: /\.gz$/i.test(name) }));
    const planned = { rows, eventBytes: sum(({ eventBytes }) => eventBytes), requests, files: hasBucket ? files : undefined };
    return [...planRoutes(planned, limits, measured)];
  }
}
