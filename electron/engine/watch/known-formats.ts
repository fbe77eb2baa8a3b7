import type { TailFormat } from '../read/tail-protocol.ts';
import type { VersionJournal } from '../record/version-journal.ts';

const mostTexts = 200;

/** How files are read, each way held once: most files of a folder are read alike. */
export class KnownFormats {
  private readonly formats = new Map<number, TailFormat>();
  /** Their ids by what stands in the journal, so that it is not asked for each file. */
  private readonly ids = new Map<string, number>();

  constructor(private readonly journal: Pick<VersionJournal, 'format' | 'formatId'>) {}

  get(id: number): TailFormat {
    const known = this.formats.get(id);
    if (known !== undefined) return known;
    const format = JSON.parse(this.journal.format(id)) as TailFormat;
    this.formats.set(id, format);
    return format;
  }

  /** Its id, by which the journal knows it from now on. */
  idOf(format: TailFormat): number {
    const text = JSON.stringify(format);
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    const id = this.journal.formatId(text);
    if (this.ids.size >= mostTexts) this.ids.clear();
    this.ids.set(text, id);
    this.formats.set(id, format);
    return id;
  }
}
