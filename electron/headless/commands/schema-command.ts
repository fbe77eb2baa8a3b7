import { z } from 'zod';
import type { Connection } from '../../../shared/contract/connections.ts';
import type { KnownSchema, SchemaChange, SchemaMetric, ServiceSchema } from '../../../shared/contract/schema.ts';
import { UploaderError } from '../../engine/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { withEngine, type CliContext } from '../cli-context.ts';
import { commandConnection, connectionFlagShapes } from '../command-connection.ts';
import { resolveDataDir } from '../data-dir.ts';
import { exitCodeOf, exitCodes, type ExitCode } from '../exit-codes.ts';
import { failureLines, failureObject } from '../terminal/failure-text.ts';
import { textTable } from '../terminal/text-table.ts';
import { destinationOf, parseFlags } from '../upload/upload-options.ts';

const flagsSchema = z.object({
  ...connectionFlagShapes,
  json: z.boolean().default(false),
  dataDir: z.string().min(1).optional(),
  offline: z.boolean().default(false),
  alias: z.array(z.string().min(1)).default([]),
  type: z.string().min(1).optional(),
  field: z.string().min(1).optional(),
  metric: z.string().min(1).optional(),
});
type Flags = z.output<typeof flagsSchema>;

interface SchemaRun {
  readonly engine: Engine;
  readonly connection: Connection;
  readonly flags: Flags;
  readonly context: CliContext;
}

async function withSchema(given: unknown, context: CliContext, use: (run: SchemaRun) => Promise<ExitCode>): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  const destination = destinationOf(flags);
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    const connection = await commandConnection(engine, destination, context);
    if (connection === undefined) throw new UploaderError('input-invalid', 'a connection is missing: --to <connection> or --root <url>');
    return use({ engine, connection, flags, context });
  });
}

/** The schema as it is now, or as it was kept, which is then said. Throws why there is none. */
async function known({ engine, connection, flags, context }: SchemaRun): Promise<KnownSchema & { readonly schema: ServiceSchema }> {
  const found = await engine.schema({ connectionId: connection.id, refresh: !flags.offline });
  const { schema, failure, readAt } = found;
  if (schema === undefined) {
    if (failure !== undefined) throw new UploaderError(failure.code, failure.message, failure.context);
    throw new UploaderError('not-found', `the schema of ${connection.name} was never read`);
  }
  if (failure !== undefined) {
    const when = new Date(readAt ?? 0).toISOString();
    failureLines(`The schema could not be read now; what follows was read ${when}`, failure).forEach((line) => context.output.note(line));
  }
  return { ...found, schema };
}

const exitOf = ({ failure }: KnownSchema): ExitCode => (failure === undefined ? exitCodes.done : exitCodeOf(failure.code));
const about = ({ readAt, failure }: KnownSchema) => ({
  readAt: readAt ?? null,
  ...(failure === undefined ? {} : { failure: failureObject(failure) }),
});

/** `schema show`: everything. */
export const showSchema = (given: unknown, context: CliContext): Promise<ExitCode> =>
  withSchema(given, context, async (run) => {
    const found = await known(run);
    const { tenant, metrics } = found.schema;
    if (run.flags.json) context.output.object({ kind: 'schema', ...about(found), tenant, metrics });
    else {
      tenantLines(found.schema).forEach((line) => context.output.line(line));
      for (const metric of metrics) ['', ...metricLines(metric)].forEach((line) => context.output.line(line));
    }
    return exitOf(found);
  });

/** `schema metrics`: a line for each. */
export const listMetrics = (given: unknown, context: CliContext): Promise<ExitCode> =>
  withSchema(given, context, async (run) => {
    const found = await known(run);
    const { metrics } = found.schema;
    if (run.flags.json) metrics.forEach((metric) => context.output.object({ kind: 'metric', ...metric }));
    else if (metrics.length === 0) context.output.line('There is no metric type yet.');
    else {
      const rows = metrics.map(({ name, aliases, fields }) => [name, aliases.join(', '), String(fields.length)]);
      textTable([{ title: 'Metric type' }, { title: 'Aliases' }, { title: 'Fields', align: 'right' }], rows, 100).forEach((line) =>
        context.output.line(line),
      );
    }
    return exitOf(found);
  });

/** `schema metric <name>`: by display name or alias. */
export const showMetric = (name: string, given: unknown, context: CliContext): Promise<ExitCode> =>
  withSchema(given, context, async (run) => {
    const found = await known(run);
    const metric = metricOf(found.schema, name);
    if (run.flags.json) context.output.object({ kind: 'metric', ...metric });
    else metricLines(metric).forEach((line) => context.output.line(line));
    return exitOf(found);
  });

export const createMetric = (name: string, given: unknown, context: CliContext): Promise<ExitCode> =>
  withSchema(given, context, (run) => change(run, { kind: 'create-metric', metric: name, aliases: [...run.flags.alias] }, name));

export const deleteMetric = (name: string, given: unknown, context: CliContext): Promise<ExitCode> =>
  withSchema(given, context, (run) => change(run, { kind: 'delete-metric', metric: name }, undefined));

export const createField = (metric: string, field: string, given: unknown, context: CliContext): Promise<ExitCode> =>
  withSchema(given, context, (run) => {
    const { type = 'STRING', alias } = run.flags;
    return change(run, { kind: 'create-field', metric, field, type, aliases: [...alias] }, metric);
  });

/** `schema alias <metric> <alias…>`: of the metric type, or of one of its fields. */
export const addAliases = (metric: string, aliases: readonly string[], given: unknown, context: CliContext): Promise<ExitCode> =>
  withSchema(given, context, (run) => {
    const { field } = run.flags;
    const wanted: SchemaChange =
      field === undefined
        ? { kind: 'change-metric', metric, aliases: [...aliases] }
        : { kind: 'change-field', metric, field, aliases: [...aliases] };
    return change(run, wanted, metric);
  });

/** `schema patterns [pattern…]`: of the tenant, or of a metric type. Without patterns they are shown. */
export const setPatterns = (patterns: readonly string[], given: unknown, context: CliContext): Promise<ExitCode> =>
  withSchema(given, context, async (run) => {
    const { metric: name } = run.flags;
    const found = await known(run);
    const { tenant } = found.schema;
    const metric = name === undefined ? undefined : metricOf(found.schema, name);
    if (patterns.length === 0) return showList(run, 'patterns', (metric ?? tenant).timestampPatterns, exitOf(found));
    const timestampPatterns = [...patterns];
    return metric === undefined
      ? change(run, { kind: 'tenant', timestampPatterns }, undefined, { tenant })
      : change(run, { kind: 'change-metric', metric: metric.name, timestampPatterns }, metric.name, { metric });
  });

/** `schema keys [key…]`: names of the field that holds the metric type, in order. Without keys they are shown. */
export const setKeys = (keys: readonly string[], given: unknown, context: CliContext): Promise<ExitCode> =>
  withSchema(given, context, async (run) => {
    const found = await known(run);
    const { tenant } = found.schema;
    if (keys.length === 0) return showList(run, 'keys', tenant.metricKeys, exitOf(found));
    return change(run, { kind: 'tenant', metricKeys: [...keys] }, undefined, { tenant });
  });

function showList({ flags, context }: SchemaRun, kind: string, values: readonly string[], code: ExitCode): ExitCode {
  if (flags.json) context.output.object({ kind, values });
  else if (values.length === 0) context.output.line('none');
  else values.forEach((value) => context.output.line(value));
  return code;
}

async function change(
  { engine, connection, flags, context }: SchemaRun,
  wanted: SchemaChange,
  metric: string | undefined,
  seen?: Parameters<Engine['changeSchema']>[0]['seen'],
): Promise<ExitCode> {
  const { schema } = await engine.changeSchema({ connectionId: connection.id, change: wanted, ...(seen === undefined ? {} : { seen }) });
  const shown = metric === undefined || schema === undefined ? undefined : metricOf(schema, metric);
  if (flags.json) context.output.object({ kind: 'changed', change: wanted, metric: shown ?? null, tenant: schema?.tenant ?? null });
  else if (shown !== undefined) metricLines(shown).forEach((line) => context.output.line(line));
  else if (schema !== undefined) tenantLines(schema).forEach((line) => context.output.line(line));
  return exitCodes.done;
}

function metricOf({ metrics }: ServiceSchema, name: string): SchemaMetric {
  const found = metrics.find((metric) => metric.name === name || metric.aliases.includes(name));
  if (found !== undefined) return found;
  const names = metrics.map((metric) => metric.name).join(', ');
  throw new UploaderError('not-found', `there is no metric type ${name}; there are: ${names === '' ? 'none' : names}`, { metric: name });
}

const listed = (values: readonly string[]): string => (values.length === 0 ? 'none' : values.join(', '));

const tenantLines = ({ tenant, metrics }: ServiceSchema): readonly string[] => [
  `Metric type keys: ${listed([...tenant.metricKeys, 'metrictype'])}`,
  `Timestamp patterns: ${listed(tenant.timestampPatterns)}, then milliseconds since 1970`,
  `Metric types: ${listed(metrics.map(({ name }) => name))}`,
];

function metricLines({ name, aliases, timestampPatterns, timestampAliases, fields }: SchemaMetric): readonly string[] {
  const lines = [`${name}${aliases.length === 0 ? '' : ` (also ${aliases.join(', ')})`}`];
  if (timestampPatterns.length > 0) lines.push(`  timestamp patterns: ${timestampPatterns.join(', ')}`);
  lines.push(`  timestamp: ${[...timestampAliases, 'timestamp'].join(', ')}`);
  const rows = fields.map((field) => [`  ${field.name}`, field.type ?? 'unknown', field.aliases.join(', ')]);
  return rows.length === 0
    ? [...lines, '  no field yet']
    : [...lines, ...textTable([{ title: '  Field' }, { title: 'Type' }, { title: 'Aliases' }], rows, 100)];
}
