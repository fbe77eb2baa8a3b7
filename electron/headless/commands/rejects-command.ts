import { z } from 'zod';
import { withEngine, type CliContext } from '../cli-context.ts';
import { resolveDataDir } from '../data-dir.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { textTable } from '../terminal/text-table.ts';
import { parseFlags } from '../upload/upload-options.ts';

const flagsSchema = z.object({ json: z.boolean().optional(), dataDir: z.string().min(1).optional() });

/** The most that one question to the engine may ask for. */
const pageSize = 500;

/** `rejects <transfer>`: every rejected row with line, column, code and reason, and the files that hold them. */
export async function showRejects(transferId: string, given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  const { output } = context;
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    let offset = 0;
    for (;;) {
      const { rejects, total, paths } = await engine.rejects({ transferId, offset, limit: pageSize });
      if (offset === 0) {
        const open = await engine.openRejects({ transferId, offset: 0, limit: 1 });
        const left = open.files.map(({ path }) => path);
        if (flags.json) output.object({ kind: 'rejects', transferId, rows: total, paths, rowsLeft: open.total, pathsLeft: left });
        else if (total === 0) output.line('No row of this transfer was rejected.');
        else {
          paths.forEach((path) => output.line(`Rejected rows as they were: ${path}`));
          left.filter((path) => !paths.includes(path)).forEach((path) => output.line(`Rows that are left after a replay: ${path}`));
        }
      }
      if (flags.json) rejects.forEach((reject) => output.object({ kind: 'reject', ...reject }));
      else if (rejects.length > 0) {
        const columns = [
          { title: 'File' },
          { title: 'Line', align: 'right' as const },
          { title: 'Column' },
          { title: 'Code' },
          { title: 'Reason' },
        ];
        const rows = rejects.map(({ fileName, line, column, code, reason }) => [fileName, String(line), column, code, reason]);
        // The titles stand once; the widths are those of each page.
        textTable(columns, rows, 100)
          .slice(offset === 0 ? 0 : 1)
          .forEach((line) => output.line(line));
      }
      offset += rejects.length;
      if (rejects.length === 0 || offset >= total || context.interruption.aborted)
        return context.interruption.aborted ? exitCodes.interrupted : exitCodes.done;
    }
  });
}
