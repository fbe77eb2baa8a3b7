import { z } from 'zod';
import { transferStateSchema, type Transfer } from '../../../shared/contract/transfers.ts';
import type { Engine } from '../../engine/engine.ts';
import { withEngine, type CliContext } from '../cli-context.ts';
import { resolveDataDir } from '../data-dir.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { countText } from '../terminal/number-text.ts';
import { textTable, type TableColumn } from '../terminal/text-table.ts';
import { parseFlags } from '../upload/upload-options.ts';

const flagsSchema = z.object({
  json: z.boolean().optional(),
  dataDir: z.string().min(1).optional(),
  state: transferStateSchema.optional(),
  search: z.string().max(200).optional(),
  limit: z.string().regex(/^\d+$/, 'a number is needed').transform(Number).pipe(z.number().int().min(1).max(100_000)).optional(),
});

/** The most that one question to the engine may ask for. */
const pageSize = 200;

/** `history`: the transfers of this data folder, newest first. */
export async function showHistory(given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  const { output } = context;
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    const wanted = flags.limit ?? 50;
    const transfers: Transfer[] = [];
    let before: number | undefined;
    let more = true;
    while (more && transfers.length < wanted) {
      const page = engine.history({
        limit: Math.min(pageSize, wanted - transfers.length),
        ...(flags.state === undefined ? {} : { state: flags.state }),
        ...(flags.search === undefined ? {} : { search: flags.search }),
        ...(before === undefined ? {} : { before }),
      });
      transfers.push(...page.transfers);
      before = page.transfers.at(-1)?.startedAt;
      more = page.more && page.transfers.length > 0;
    }
    if (flags.json) transfers.forEach((transfer) => output.object({ kind: 'transfer', ...transfer, ...objectsOf(engine, transfer) }));
    else if (transfers.length === 0) output.line('No transfer yet.');
    else {
      historyLines(transfers).forEach((line) => output.line(line));
      if (more) output.line(`There are more; --limit ${wanted * 2} shows them.`);
    }
    return exitCodes.done;
  });
}

/** By the route s3: its first objects, how far each is and whether `resume` goes on with it. */
function objectsOf(engine: Engine, { id, route }: Transfer) {
  if (route !== 's3') return {};
  const { objects, total } = engine.objects({ transferId: id, offset: 0, limit: pageSize });
  return { objects, moreObjects: total - objects.length };
}

export function historyLines(transfers: readonly Transfer[]): readonly string[] {
  const right = (title: string): TableColumn => ({ title, align: 'right' });
  // Most have a mapping of their own, which has no name.
  const withMapping = transfers.some(({ files }) => mappingsText(files) !== '');
  const columns = [
    { title: 'Started (UTC)' },
    { title: 'State' },
    { title: 'Files' },
    { title: 'Connection' },
    { title: 'Route' },
    ...(withMapping ? [{ title: 'Mapping' }] : []),
    ...['Read', 'Confirmed', 'Rejected', 'Held'].map(right),
    { title: 'Transfer' },
  ];
  const rows = transfers.map(({ id, startedAt, state, files, moreFiles, connectionName, route, ledger }) => [
    new Date(startedAt).toISOString().replace('T', ' ').slice(0, 19),
    state,
    namesText(
      files.map(({ name }) => name),
      moreFiles,
    ),
    connectionName,
    route,
    ...(withMapping ? [mappingsText(files)] : []),
    ...[ledger.rowsRead, ledger.rowsConfirmed, ledger.rowsRejected, ledger.rowsHeld].map(countText),
    id,
  ]);
  return textTable(columns, rows, 48);
}

/** Named mappings that the files were sent by, those of their first rows included. */
function mappingsText(files: Transfer['files']): string {
  const used = files.flatMap(({ mapping }) => (mapping === undefined ? [] : [...(mapping.earlier ?? []), mapping]));
  const named = used.flatMap(({ name, version }) => (name === undefined || version === undefined ? [] : [`${name} v${String(version)}`]));
  return [...new Set(named)].join(', ');
}

function namesText(names: readonly string[], moreFiles: number): string {
  const [first = '', ...others] = names;
  const rest = others.length + moreFiles;
  return rest === 0 ? first : `${first} and ${rest} more`;
}
