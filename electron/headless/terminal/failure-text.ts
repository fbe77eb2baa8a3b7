import type { Failure } from '../../../shared/contract/common.ts';
import { errorTexts } from '../../../shared/model/error-texts.ts';
import { failure, UploaderError } from '../../engine/errors.ts';
import { SandboxError } from '../../sandbox/sandbox-error.ts';
import { printable } from './text-table.ts';

/** Codes whose message says all there is; the general text of the code would only repeat it. */
const saysItself: ReadonlySet<string> = new Set([
  'input-invalid',
  'mapping-invalid',
  'no-files',
  'metric-type-unknown',
  'timestamp-column-unknown',
]);

/** What happened, why, what to do: as lines of text. `title` begins the first. */
export function failureLines(title: string, { code, message }: Failure): readonly string[] {
  if (saysItself.has(code)) return [`${title}: ${printable(message)}`];
  const text = errorTexts[code];
  return [`${title}: ${text.title}`, `  ${printable(message)} (${code})`, `  Why: ${text.why}`, `  What to do: ${text.whatToDo}`];
}

/** The same in one line, for a file among many. */
export function failureLine({ code, message }: Failure): string {
  return saysItself.has(code) ? printable(message) : `${errorTexts[code].title} (${code}): ${printable(message)}`;
}

/** The failure as an object of `--json`. */
export const failureObject = ({ code, message, context }: Failure) => ({
  kind: 'failure' as const,
  ...{ code, message, context },
  whatToDo: errorTexts[code].whatToDo,
});

/** What was thrown, as a failure. What is neither of the two errors that are expected is a bug. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof UploaderError) return thrown.toFailure();
  if (thrown instanceof SandboxError) return failure(thrown.code, thrown.message);
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : 'something that is no error was thrown';
  return failure('internal', message);
}
