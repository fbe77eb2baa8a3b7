import type { ParsedInput } from '../../shared/contract/contract.ts';
import type { TimestampExplanation } from '../../shared/contract/timestamp.ts';
import { epochMatch, explainTimestamp } from './shape/timestamp-explain.ts';
import { timestampHints } from './shape/timestamp-hints.ts';

/** What the service would take a text for, by which pattern, and if not, why not and what is probably meant. */
export function answerTimestamp({ patterns, value }: ParsedInput<'schema.timestamp'>, now: number): TimestampExplanation {
  const { epochMillis, matched, attempts } = explainTimestamp(patterns, value);
  const pattern = matched === epochMatch ? undefined : matched;
  return {
    ...(epochMillis === undefined ? {} : { epochMillis }),
    ...(pattern === undefined ? {} : { matched: pattern }),
    attempts: attempts.map((attempt) => ({
      ...(attempt.pattern === epochMatch ? {} : { pattern: attempt.pattern }),
      isMatch: attempt.epochMillis !== undefined,
      reason: attempt.reason,
    })),
    hints: [...timestampHints(patterns, value, pattern, epochMillis, now)],
  };
}
