import { isSavedConnection } from '../../../shared/model/environment-connection.ts';
import { z } from 'zod';
import { limitsSchema, type Connection, type ConnectionCheck } from '../../../shared/contract/connections.ts';
import { UploaderError } from '../../engine/errors.ts';
import { withEngine, type CliContext } from '../cli-context.ts';
import { resolveDataDir } from '../data-dir.ts';
import { findConnection } from '../destination.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { failureLine } from '../terminal/failure-text.ts';
import { printable, textTable } from '../terminal/text-table.ts';
import { endpointFlagShapes, limitFlagShapes, limitsOf, parseFlags } from '../upload/upload-options.ts';
import { readSecrets } from './secrets-input.ts';

const commonShape = { json: z.boolean().optional(), dataDir: z.string().min(1).optional() };
const commonFlags = z.object(commonShape);
const { root, stage, region } = endpointFlagShapes;
const addFlags = z.object({
  ...commonShape,
  root,
  stage: stage.optional(),
  region: region.optional(),
  ...z.object(limitFlagShapes).partial().shape,
  secretsStdin: z.boolean().optional(),
  replace: z.boolean().optional(),
});

/** `connections add <name>`: saves a connection; with `--replace`, changes the one of that name. */
export async function addConnection(name: string, given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(addFlags, given);
  const secrets = await readSecrets(context, flags.secretsStdin ?? false);
  const endpoint = { name: name.trim(), root: flags.root, stage: flags.stage ?? 'v1', region: flags.region ?? 'us-east-1' };
  if (endpoint.name === '') throw new UploaderError('input-invalid', 'the connection needs a name');
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    const same = engine.listConnections().find((connection) => connection.name === endpoint.name);
    const limits = limitsSchema.parse({ ...(same?.limits ?? {}), ...limitsOf(flags) });
    if (same && flags.replace !== true) {
      throw new UploaderError('connection-name-taken', `there is a connection “${endpoint.name}”; --replace changes it`, {
        connection: endpoint.name,
      });
    }
    const saved = same
      ? await engine.updateConnection({ id: same.id, ...endpoint, limits, secrets })
      : await engine.addConnection({ ...endpoint, limits, secrets });
    if (flags.json) context.output.object({ kind: 'connection', ...shown(saved) });
    else
      context.output.line(
        `${same ? 'Changed' : 'Saved'}: ${printable(saved.name)} (${saved.root}, stage ${saved.stage}, region ${saved.region})`,
      );
    return exitCodes.done;
  });
}

/** `connections list` */
export async function listConnections(given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(commonFlags, given);
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    const saved = engine.listConnections().filter(isSavedConnection);
    if (flags.json) saved.forEach((connection) => context.output.object({ kind: 'connection', ...shown(connection) }));
    else if (saved.length === 0) context.output.line('No connection is saved. `connections add <name> --root <url>` saves one.');
    else {
      const columns = [
        { title: 'Name' },
        { title: 'Address' },
        { title: 'Stage' },
        { title: 'Region' },
        { title: 'Secrets' },
        { title: 'Id' },
      ];
      const rows = saved.map((connection) => [
        connection.name,
        connection.root,
        connection.stage,
        connection.region,
        secretsText(connection),
        connection.id,
      ]);
      textTable(columns, rows).forEach((line) => context.output.line(line));
    }
    return exitCodes.done;
  });
}

/** `connections test <name>`: 0 when every part passed, else 3. */
export async function testConnection(name: string, given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(commonFlags, given);
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    const connection = findConnection(engine.listConnections().filter(isSavedConnection), name);
    const checks = await engine.testConnection(connection.id);
    for (const check of checks) {
      if (flags.json) context.output.object({ kind: 'check', ...check });
      else checkLines(check).forEach((line) => context.output.line(line));
    }
    return checks.some(({ outcome }) => outcome === 'failed') ? exitCodes.undeliverable : exitCodes.done;
  });
}

/** `connections remove <name>` */
export async function removeConnection(name: string, given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(commonFlags, given);
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    const connection = findConnection(engine.listConnections(), name);
    await engine.removeConnection(connection.id);
    if (flags.json) context.output.object({ kind: 'removed', id: connection.id, name: connection.name });
    else context.output.line(`Removed: ${printable(connection.name)}, with its secrets`);
    return exitCodes.done;
  });
}

const partNames: Readonly<Record<ConnectionCheck['part'], string>> = {
  reachable: 'reachable',
  clock: 'clock',
  apiKey: 'API key',
  signature: 'signature',
  streamPermission: 'permission: stream',
  batchPermission: 'permission: batch',
  schemaPermission: 'permission: schema',
};

function checkLines({ part, outcome, detail, failure }: ConnectionCheck): readonly string[] {
  const line = `${outcome.padEnd(7)}  ${partNames[part].padEnd(18)}  ${printable(detail)}`.trimEnd();
  return failure ? [line, `         ${failureLine(failure)}`] : [line];
}

/** Those of the environment exist for one run; their secrets are gone with it. */

const shown = ({ id, name, root: address, stage: api, region: place, limits, isSandbox, savedSecrets }: Connection) => ({
  ...{ id, name, root: address, stage: api, region: place, limits, isSandbox, savedSecrets },
});

function secretsText({ savedSecrets }: Connection): string {
  const saved = [
    ...(savedSecrets.apiKey ? ['API key'] : []),
    ...(savedSecrets.keyPair ? ['key pair'] : []),
    ...(savedSecrets.sessionToken ? ['session token'] : []),
  ];
  return saved.length === 0 ? 'none' : saved.join(', ');
}
