/** What the command line says to scripts by its exit status. A contract: values never change. */
import type { ErrorCode, HoldCode, RefusalCode } from '../../shared/error-codes.ts';

export const exitCodes = {
  /** Every row is confirmed, or the command was carried out. */
  done: 0,
  /** Some rows were rejected or are held, or a file was refused. */
  attention: 1,
  /** The command line or the configuration is wrong; nothing was sent. */
  usage: 2,
  /** The service cannot be reached or refuses the credentials. */
  undeliverable: 3,
  /** A bug of the program (EX_SOFTWARE of sysexits.h). */
  bug: 70,
  /** Ended by Ctrl+C or a signal (128 + SIGINT). */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const undeliverable: ReadonlySet<ErrorCode> = new Set<HoldCode>([
  'server-unreachable',
  'server-failing',
  'server-timeout',
  'rate-limited',
  'api-key-refused',
  'credentials-refused',
  'credentials-missing',
  'clock-skewed',
  'permission-denied',
  'stream-missing',
  'bucket-missing',
  'bucket-forbidden',
  'object-refused',
  'reference-refused',
]);

/** Refusals that a better mapping or option would have prevented. */
const misconfigured: ReadonlySet<ErrorCode> = new Set<RefusalCode>([
  'metric-type-unknown',
  'timestamp-column-unknown',
  'header-lacks-column',
]);

/** The exit code of a command that was not carried out because of `code`. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  if (undeliverable.has(code)) return exitCodes.undeliverable;
  if (code === 'cancelled') return exitCodes.interrupted;
  return code === 'internal' ? exitCodes.bug : exitCodes.usage;
}

/** What decides about the exit of an upload. */
export interface UploadVerdict {
  readonly interrupted: boolean;
  readonly files: number;
  /** One per file that was refused, before or while it was read. */
  readonly refusals: readonly ErrorCode[];
  /** Why rows or files are held. */
  readonly holds: readonly ErrorCode[];
  readonly rowsRejected: number;
  readonly rowsHeld: number;
  /** Something ended otherwise than done or unchanged. */
  readonly unfinished: boolean;
}

/** 130 before 3 before 2 before 1: the reason that has to be dealt with first. */
export function decideUploadExit(verdict: UploadVerdict): ExitCode {
  if (verdict.interrupted) return exitCodes.interrupted;
  if (verdict.holds.some((code) => undeliverable.has(code))) return exitCodes.undeliverable;
  const allMisconfigured = verdict.refusals.length === verdict.files && verdict.refusals.every((code) => misconfigured.has(code));
  if (verdict.files > 0 && allMisconfigured) return exitCodes.usage;
  const attention = verdict.rowsRejected > 0 || verdict.rowsHeld > 0 || verdict.refusals.length > 0 || verdict.unfinished;
  return attention ? exitCodes.attention : exitCodes.done;
}
