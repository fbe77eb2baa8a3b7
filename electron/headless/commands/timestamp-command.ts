import { z } from 'zod';
import { epochMatch, explainTimestamp, type TimestampExplanation } from '../../engine/shape/timestamp-explain.ts';
import { timestampHints, type TimestampHint } from '../../engine/shape/timestamp-hints.ts';
import { systemClock } from '../../engine/system-clock.ts';
import type { CliContext } from '../cli-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { parseFlags } from '../upload/upload-options.ts';

const flagsSchema = z.object({ pattern: z.array(z.string()).default([]), value: z.string(), json: z.boolean().default(false) });

/** `timestamp`: what the service would take a text for, by which pattern, and if not, why not. */
export function showTimestamp(given: unknown, { output }: Pick<CliContext, 'output'>, now = systemClock.now()): ExitCode {
  const { pattern: patterns, value, json } = parseFlags(flagsSchema, given);
  const explained = explainTimestamp(patterns, value);
  const { epochMillis, matched } = explained;
  const hints = timestampHints(patterns, value, matched === epochMatch ? undefined : matched, epochMillis, now);
  if (json) {
    output.object({
      kind: 'timestamp',
      value,
      epochMillis: epochMillis ?? null,
      utc: epochMillis === undefined ? null : utcText(epochMillis),
      local: epochMillis === undefined ? null : localText(epochMillis),
      matched: matched ?? null,
      attempts: explained.attempts.map((attempt) => ({ ...attempt, epochMillis: attempt.epochMillis ?? null })),
      hints,
    });
  } else linesOf(explained, hints).forEach((line) => output.line(line));
  return exitCodes.done;
}

function linesOf({ epochMillis, matched, attempts }: TimestampExplanation, hints: readonly TimestampHint[]): readonly string[] {
  const lines: string[] = [];
  if (epochMillis === undefined) lines.push('No pattern reads this value; the service would not take it.');
  else {
    lines.push(`epoch  ${String(epochMillis)}`, `UTC    ${utcText(epochMillis)}`, `local  ${localText(epochMillis)}`);
    lines.push(`read by ${matched ?? ''}`);
  }
  for (const attempt of attempts) if (attempt.reason !== '') lines.push(`not by ${attempt.pattern}: ${attempt.reason}`);
  for (const hint of hints) lines.push(`Note: ${hint.message}`);
  return lines;
}

/** The last instant that JavaScript's calendar knows. */
const lastMillis = 8.64e15;

const utcText = (millis: number): string =>
  Math.abs(millis) > lastMillis ? `${String(millis)} ms since 1970` : new Date(millis).toISOString();

/** `2017-03-27 20:18:05.520+02:00 (Europe/Berlin)` in the zone of this computer. */
function localText(millis: number): string {
  if (Math.abs(millis) > lastMillis - 86_400_000) return utcText(millis);
  const minutes = -new Date(millis).getTimezoneOffset();
  const local = new Date(millis + minutes * 60_000).toISOString().replace('T', ' ').replace('Z', '');
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  return `${local}${offset} (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
}
