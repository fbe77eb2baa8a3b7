import { isSavedConnection } from '../../../shared/model/environment-connection.ts';
import { z } from 'zod';
import { limitsSchema, type Connection } from '../../../shared/contract/connections.ts';
import { objectStoreSchema, type BucketChoice } from '../../../shared/contract/object-store.ts';
import { UploaderError } from '../../engine/errors.ts';
import { withEngine, type CliContext } from '../cli-context.ts';
import { resolveDataDir } from '../data-dir.ts';
import { findConnection } from '../destination.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { printable, textTable } from '../terminal/text-table.ts';
import { bucketChoiceOf, bucketFlagShapes } from '../upload/bucket-options.ts';
import { endpointFlagShapes, limitFlagShapes, limitsOf, parseFlags } from '../upload/upload-options.ts';
import { showChecks } from './check-lines.ts';
import { readSecrets } from './secrets-input.ts';

const commonShape = { json: z.boolean().optional(), dataDir: z.string().min(1).optional() };
const commonFlags = z.object(commonShape);
const { root, stage, region } = endpointFlagShapes;
const addFlags = z.object({
  ...commonShape,
  root,
  stage: stage.optional(),
  region: region.optional(),
  ...z.object({ ...limitFlagShapes, ...bucketFlagShapes }).partial().shape,
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
    const objectStore = bucketOf(bucketChoiceOf(flags), same);
    const saved = same
      ? await engine.updateConnection({ id: same.id, ...endpoint, limits, secrets, objectStore })
      : await engine.addConnection({ ...endpoint, limits, secrets, objectStore });
    if (flags.json) context.output.object({ kind: 'connection', ...shown(saved) });
    else
      context.output.line(
        `${same ? 'Changed' : 'Saved'}: ${printable(saved.name)} (${saved.root}, stage ${saved.stage}, region ${saved.region})`,
      );
    return exitCodes.done;
  });
}

/** What is said of the bucket, over what was saved; undefined when nothing is. Throws `input-invalid` when it has no name. */
function bucketOf(given: BucketChoice, same: Connection | undefined): Connection['objectStore'] {
  if (Object.keys(given).length === 0) return undefined;
  const bucket = given.bucket ?? same?.objectStore?.bucket;
  if (bucket === undefined)
    throw new UploaderError('input-invalid', '--prefix, --s3-endpoint, --s3-region, --gzip-level and --object-mb go with --bucket');
  return objectStoreSchema.parse({ ...same?.objectStore, ...given, bucket });
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
    return showChecks(await engine.testConnection(connection.id), flags.json ?? false, context);
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

/** Those of the environment exist for one run; their secrets are gone with it. */

const shown = ({ id, name, root: address, stage: api, region: place, limits, objectStore, isSandbox, savedSecrets }: Connection) => ({
  ...{ id, name, root: address, stage: api, region: place, limits, objectStore, isSandbox, savedSecrets },
});

function secretsText({ savedSecrets }: Connection): string {
  const saved = [
    ...(savedSecrets.apiKey ? ['API key'] : []),
    ...(savedSecrets.keyPair ? ['key pair'] : []),
    ...(savedSecrets.sessionToken ? ['session token'] : []),
  ];
  return saved.length === 0 ? 'none' : saved.join(', ');
}
