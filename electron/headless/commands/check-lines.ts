/** The parts of a connection test as people read them. */
import type { ConnectionCheck } from '../../../shared/contract/connections.ts';
import type { CliContext } from '../cli-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { failureLine } from '../terminal/failure-text.ts';
import { printable } from '../terminal/text-table.ts';

const partNames: Readonly<Record<ConnectionCheck['part'], string>> = {
  reachable: 'reachable',
  clock: 'clock',
  apiKey: 'API key',
  signature: 'signature',
  streamPermission: 'permission: stream',
  batchPermission: 'permission: batch',
  schemaPermission: 'permission: schema',
  bucketList: 'bucket: list',
  bucketPut: 'bucket: put',
  bucketGet: 'bucket: get',
  bucketMultipart: 'bucket: in parts',
};

function checkLines({ part, outcome, detail, failure }: ConnectionCheck): readonly string[] {
  const line = `${outcome.padEnd(7)}  ${partNames[part].padEnd(18)}  ${printable(detail)}`.trimEnd();
  return failure ? [line, `         ${failureLine(failure)}`] : [line];
}

/** Shows them; 0 when every part passed, else 3. */
export function showChecks(checks: readonly ConnectionCheck[], json: boolean, { output }: CliContext): ExitCode {
  for (const check of checks) {
    if (json) output.object({ kind: 'check', ...check });
    else checkLines(check).forEach((line) => output.line(line));
  }
  return checks.some(({ outcome }) => outcome === 'failed') ? exitCodes.undeliverable : exitCodes.done;
}
