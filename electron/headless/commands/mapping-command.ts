import path from 'node:path';
import { z } from 'zod';
import type { Inspection } from '../../../shared/contract/files.ts';
import { suggestBySchema, type SchemaSuggestion } from '../../../shared/model/mapping-suggestion.ts';
import { UploaderError } from '../../engine/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { withEngine, type CliContext } from '../cli-context.ts';
import { commandConnection, connectionFlagShapes, destinationOrNone } from '../command-connection.ts';
import { resolveDataDir } from '../data-dir.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { failureLines } from '../terminal/failure-text.ts';
import { findingLines } from '../terminal/finding-lines.ts';
import { printable } from '../terminal/text-table.ts';
import { parseFlags } from '../upload/upload-options.ts';

const flagsSchema = z.object({ ...connectionFlagShapes, json: z.boolean().default(false), dataDir: z.string().min(1).optional() });

/**
 * `mapping suggest <file>`: a mapping by the content of the file and, with a connection, by its schema, fit for `--mapping`. The
 * mapping alone goes to standard output, what is to be said about it to standard error; with --json both stand in one object.
 */
export async function suggestMapping(file: string, given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  const destination = destinationOrNone(flags);
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    const inspection = await engine.inspect({ path: path.resolve(context.cwd, file) });
    const { refusal } = inspection;
    const mendable = refusal === undefined || refusal.code === 'metric-type-unknown' || refusal.code === 'timestamp-column-unknown';
    if (refusal !== undefined && !mendable) throw new UploaderError(refusal.code, refusal.message, refusal.context);
    const connection = await commandConnection(engine, destination, context);
    const suggestion = await suggested(engine, inspection, connection?.id, context);
    const missing = inspection.missing.filter(
      (part) =>
        part !== 'metricType' || (suggestion.metric === undefined && suggestion.mapping.metricType === inspection.suggestion.metricType),
    );
    const notes = [...inspection.explanations.filter((text) => !text.startsWith('No column is called metrictype')), ...suggestion.notes];
    if (flags.json) {
      const { mapping, metric, unknownColumns } = suggestion;
      context.output.object({
        kind: 'mapping',
        mapping,
        notes,
        missing,
        metric: metric ?? null,
        unknownColumns,
        timestampCandidates: inspection.timestampCandidates,
        findings: findingLines(inspection),
      });
      return exitCodes.done;
    }
    for (const note of notes) context.output.note(note);
    for (const { confidence, column, reason } of findingLines(inspection)) {
      if (confidence === 'low')
        context.output.note(`Please look${column === undefined ? '' : ` (${printable(column)})`}: ${printable(reason)}`);
    }
    if (missing.includes('metricType'))
      context.output.note('metricType is a guess by the name of the file: say which metric type the rows belong to.');
    if (missing.includes('timestamp')) context.output.note('timestamp is a guess: say which column holds the time, and how it is read.');
    JSON.stringify(suggestion.mapping, null, 2)
      .split('\n')
      .forEach((line) => context.output.line(line));
    return exitCodes.done;
  });
}

async function suggested(
  engine: Engine,
  inspection: Inspection,
  connectionId: string | undefined,
  context: CliContext,
): Promise<SchemaSuggestion> {
  const plain: SchemaSuggestion = { mapping: inspection.suggestion, notes: [], metric: undefined, unknownColumns: [] };
  if (connectionId === undefined) return plain;
  const { schema, failure } = await engine.schema({ connectionId, refresh: true });
  if (failure !== undefined) failureLines('The schema could not be read', failure).forEach((line) => context.output.note(line));
  const columns = inspection.columns.map(({ name }) => name);
  return schema === undefined ? plain : suggestBySchema(inspection.name, columns, inspection.suggestion, schema);
}
