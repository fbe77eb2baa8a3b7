import type { Failure } from '../../../shared/contract/common.ts';
import type { EngineEvent } from '../engine.ts';
import { failure } from '../errors.ts';
import type { Logger } from '../ports.ts';

/** Clocks that differ by less are right. */
const leastSkewMs = 5_000;

/** What a folder has to say beyond its state: logged, and told once. */
export class FolderNews {
  private saidSkewMs = 0;

  constructor(
    private readonly folderId: string,
    private readonly parts: { readonly logger: Logger; readonly emit: (event: EngineEvent) => void },
  ) {}

  trouble(trouble: Failure | undefined): void {
    if (trouble !== undefined) this.say(trouble);
  }

  /** The clock of the service is ahead by so many milliseconds; requests are signed with its time. Said again when it changes. */
  clock(skewMs: number): void {
    if (Math.abs(skewMs - this.saidSkewMs) < leastSkewMs) return;
    this.saidSkewMs = skewMs;
    const seconds = Math.round(skewMs / 1_000);
    this.say(failure('clock-corrected', `the clock of the service is ${seconds} seconds ahead of this computer’s`, { seconds }));
  }

  private say(notice: Failure): void {
    this.parts.logger.warn(notice.message, { code: notice.code, folderId: this.folderId });
    this.parts.emit({ kind: 'notice', notice });
  }
}
