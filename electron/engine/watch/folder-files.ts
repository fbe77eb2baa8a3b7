/** What a watched folder does with its files, by its mode: follow their rows, or send them whole. */
import type { Failure } from '../../../shared/contract/common.ts';
import type { CommandOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import type { FileEntry, TrackedFile } from './tracked-file.ts';

export interface FolderFiles {
  /** A file stands there; `isForced`: look at it also when it seems to be what it was; `isExisting`: it was there at the beginning. */
  seen(entry: FileEntry, how: { readonly isForced?: boolean; readonly isExisting?: boolean }): void;
  /** Nothing stands at the path any more. */
  gone(path: string): void;
  /** Nothing is looked at, gathered, planned or on its way. */
  readonly isAtRest: boolean;
  /** Files that wait for a moment of quiet. Returns whether there are still some. */
  settle(): boolean;
  /** Why nothing passes, when a person has to act. */
  readonly blockedBy: Failure | undefined;
  setPaused(isPaused: boolean): void;
  /** Credentials, network or a decision may have changed: what waits is tried again. */
  retry(): void;
  /** The destination is another one: what is under way begins anew there. */
  renew(): void;
  decide(file: TrackedFile, decision: ParsedInput<'folders.decide'>['decision']): void;
  afterPlan(): Promise<CommandOutput<'folders.afterPlan'>>;
  /** Waits for what is under way; nothing new begins. */
  dispose(): Promise<void>;
}
