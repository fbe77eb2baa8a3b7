import type { HoldCode } from '../../../shared/error-codes.ts';

/** Reasons that pass by themselves: tried again. All others wait for somebody. */
export const passing: ReadonlySet<string> = new Set<HoldCode>([
  'server-unreachable',
  'server-failing',
  'server-timeout',
  'rate-limited',
  'api-key-refused',
  'credentials-refused',
  'credentials-missing',
  'permission-denied',
  'clock-skewed',
  'disk-full',
  'source-changed',
  'bucket-missing',
  'bucket-forbidden',
  'object-incomplete',
  'reference-refused',
  'reference-unanswered',
]);
/** Of these, those that somebody should know of. */
export const blocking: ReadonlySet<string> = new Set<HoldCode>([
  'api-key-refused',
  'credentials-refused',
  'credentials-missing',
  'permission-denied',
  'clock-skewed',
  'disk-full',
  'bucket-missing',
  'bucket-forbidden',
  'reference-refused',
]);
