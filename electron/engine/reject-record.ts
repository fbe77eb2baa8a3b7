/** read → record: the rejected rows of one file version, on their way into its file of rejects. */
import { join } from 'node:path';
import type { Batch, Reject } from './model.ts';
import { readRowSources } from './read/row-sources.ts';
import type { FileRecord } from './record/file-record.ts';
import type { Journal } from './record/journal.ts';
import { RejectsFile } from './record/rejects-file.ts';

export class RejectRecord {
  private rejects: RejectsFile | undefined;

  constructor(
    private readonly file: FileRecord,
    private readonly journal: Journal,
    private readonly rejectsDir: string,
  ) {}

  /** How the source is written is known now. */
  open(kind: 'csv' | 'ndjson', delimiter: string, headerText: string): void {
    const { file } = this;
    this.rejects ??= new RejectsFile(
      file.rejectsPath ?? join(this.rejectsDir, `${file.name}-${file.id}.rejects.${kind}`),
      file.rejectsBytes,
      { kind, delimiter, headerText },
    );
  }

  /** Rows the service refused, with their text from the source. */
  async refusedRows(
    batch: Pick<Batch, 'from' | 'to'>,
    refused: readonly { readonly row: number; readonly message: string }[],
  ): Promise<readonly Reject[]> {
    if (refused.length === 0) return [];
    const messages = new Map(refused.map(({ row, message }) => [row, message]));
    const sources = await readRowSources(this.file.path, this.file.mapping.format, batch.from, batch.to, new Set(messages.keys()));
    return sources.map(({ row, line, source }): Reject => ({
      row,
      line,
      column: '',
      code: 'server-rejected',
      reason: messages.get(row) ?? '',
      source,
    }));
  }

  /** Writes rejects and returns the size of their file, which goes to the journal in the same breath. */
  append(rejects: readonly Reject[]): number {
    if (rejects.length === 0 || this.rejects === undefined) return this.rejects?.bytes ?? this.file.rejectsBytes;
    if (this.rejects.bytes === 0) this.journal.setRejectsPath(this.file.id, this.rejects.path);
    return this.rejects.append(rejects);
  }

  dispose(): void {
    this.rejects?.close();
  }
}
