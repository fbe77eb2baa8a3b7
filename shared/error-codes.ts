/**
 * The closed list of everything that can go wrong and be told to a person.
 * Every code has its text (what happened, why, what to do) in `shared/model/error-texts.ts`; a test holds the two together.
 */

/** Why a single row was not sent. Rows with these codes are in the rejects file. */
export const rejectCodes = [
  'ragged-row',
  'quote-unclosed',
  'quote-malformed',
  'record-too-long',
  'nul-byte',
  'encoding-invalid',
  'json-invalid',
  'json-not-object',
  'json-not-flat',
  'metric-type-missing',
  'metric-unknown',
  'value-type-mismatch',
  'timestamp-missing',
  'timestamp-unparsable',
  'timestamp-before-1971',
  'field-name-forbidden',
  'field-name-duplicate',
  'event-too-large',
  'header-repeated',
  'server-rejected',
] as const;
export type RejectCode = (typeof rejectCodes)[number];

/** Why a whole file cannot be read as it is. Nothing of it has been sent when it carries one of these. */
export const refusalCodes = [
  'file-missing',
  'file-unreadable',
  'file-is-directory',
  'file-empty',
  'file-not-text',
  'file-is-spreadsheet',
  'file-is-json-array',
  'file-encoding-unsupported',
  'gzip-corrupt',
  'header-duplicate',
  'header-lacks-column',
  'timestamp-column-unknown',
  'metric-type-unknown',
  'schema-unknown',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** Why rows that were read are not confirmed yet. They stay in the journal and go out when the reason is gone. */
export const holdCodes = [
  'server-unreachable',
  'server-failing',
  'server-timeout',
  'rate-limited',
  'api-key-refused',
  'credentials-refused',
  'credentials-missing',
  'clock-skewed',
  'permission-denied',
  'cancelled',
  'source-changed',
  'source-missing',
  'disk-full',
  'engine-stopped',
  'flow-paused',
  'outside-timetable',
  'schema-drift',
  'source-rewritten',
  'too-many-rejects',
  'existing-undecided',
  'stream-missing',
  'bucket-missing',
  'bucket-forbidden',
  'object-refused',
  'object-incomplete',
  'reference-refused',
  'reference-unanswered',
] as const;
export type HoldCode = (typeof holdCodes)[number];

/** Why a file of a watched folder is not being uploaded although nothing went wrong, and what a folder has to say. */
export const watchCodes = [
  'file-settling',
  'file-waiting-for-row',
  'last-line-open',
  'file-ignored',
  'file-skipped',
  'after-upload-failed',
  'folder-missing',
  'folder-unreadable',
  'watch-limit-reached',
  'watch-events-missed',
  'network-folder-polled',
  'rows-at-risk',
  'clock-corrected',
] as const;
export type WatchCode = (typeof watchCodes)[number];

/** Why a command was not carried out. */
export const commandCodes = [
  'input-invalid',
  'connection-unknown',
  'connection-name-taken',
  'connection-in-use',
  'transfer-unknown',
  'transfer-running',
  'rejects-changed',
  'mapping-invalid',
  'mapping-unknown',
  'mapping-name-taken',
  'mapping-in-use',
  'no-files',
  'sandbox-not-running',
  'sandbox-failed',
  'journal-newer',
  'journal-corrupt',
  'data-dir-locked',
  'vault-unavailable',
  'engine-unavailable',
  'folder-unknown',
  'folder-taken',
  'folder-destination-inside',
  'folder-mode-keeps',
  'schema-refused',
  'schema-changed',
  'schema-unreadable',
  'not-found',
  'internal',
] as const;
export type CommandCode = (typeof commandCodes)[number];

export const errorCodes = [...new Set([...rejectCodes, ...refusalCodes, ...holdCodes, ...watchCodes, ...commandCodes])] as const;
export type ErrorCode = RejectCode | RefusalCode | HoldCode | WatchCode | CommandCode;
