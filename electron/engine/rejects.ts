import type { CommandOutput, ParsedInput } from '../../shared/contract/contract.ts';
import { UploaderError } from './errors.ts';
import type { History } from './record/history.ts';
import type { Journal } from './record/journal.ts';
import { readRejects } from './record/rejects-file.ts';

/** The rejected rows of transfers, from their files. */
export class Rejects {
  constructor(
    private readonly journal: Journal,
    private readonly history: History,
  ) {}

  async list(query: ParsedInput<'rejects.list'>): Promise<CommandOutput<'rejects.list'>> {
    const transfer = this.history.transfer(query.transferId);
    if (transfer === undefined)
      throw new UploaderError('transfer-unknown', `there is no transfer ${query.transferId}`, { transferId: query.transferId });
    const rejects: CommandOutput<'rejects.list'>['rejects'] = [];
    const paths: string[] = [];
    let skip = query.offset;
    for (const file of this.journal.filesOf(query.transferId)) {
      if (file.rejectsPath === undefined) continue;
      paths.push(file.rejectsPath);
      if (rejects.length >= query.limit) continue;
      const rows = await readRejects(file.rejectsPath, 0, skip + query.limit - rejects.length);
      rejects.push(...rows.slice(skip).map((row) => ({ fileName: file.name, ...row })));
      skip = Math.max(0, skip - rows.length);
    }
    return { rejects: rejects.slice(0, query.limit), total: transfer.ledger.rowsRejected, paths };
  }
}
