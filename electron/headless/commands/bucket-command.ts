/** `connections test-bucket` and `connections bucket-policy`. */
import { z } from 'zod';
import type { Connection } from '../../../shared/contract/connections.ts';
import { bucketPolicies, type BucketPolicies } from '../../../shared/model/bucket-policy.ts';
import { isSavedConnection } from '../../../shared/model/environment-connection.ts';
import { UploaderError } from '../../engine/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { withEngine, type CliContext } from '../cli-context.ts';
import { resolveDataDir } from '../data-dir.ts';
import { findConnection, useEnvironmentConnection } from '../destination.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { bucketChoiceOf, bucketEndpoint, bucketFlagShapes } from '../upload/bucket-options.ts';
import { parseFlags } from '../upload/upload-options.ts';
import { requireSecrets } from '../upload/upload-command.ts';
import { showChecks } from './check-lines.ts';

const flagsSchema = z.object({ ...bucketFlagShapes, json: z.boolean(), dataDir: z.string().min(1) }).partial();
type Flags = z.infer<typeof flagsSchema>;

/** Its keys: of the connection, or of the environment where none is named. */
export async function testBucket(name: string | undefined, given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  if (name === undefined) bucketOf(flags);
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    const { id } = name === undefined ? await ofEnvironment(engine, flags, context) : savedConnection(engine, name);
    return showChecks(await engine.testBucket(id, bucketChoiceOf(flags)), flags.json ?? false, context);
  });
}

export async function showBucketPolicy(name: string | undefined, given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  if (name === undefined) {
    const { prefix = '', s3Region: region = 'us-east-1' } = flags;
    return showPolicies(bucketPolicies({ bucket: bucketOf(flags), prefix, region }), flags, context);
  }
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) =>
    showPolicies(engine.bucketPolicies(savedConnection(engine, name).id, bucketChoiceOf(flags)), flags, context),
  );
}

function bucketOf({ bucket }: Flags): string {
  if (bucket === undefined) throw new UploaderError('input-invalid', 'name a saved connection with a bucket, or --bucket <name>');
  return bucket;
}

const savedConnection = (engine: Engine, name: string): Connection =>
  findConnection(engine.listConnections().filter(isSavedConnection), name);

const ofEnvironment = (engine: Engine, flags: Flags, context: CliContext): Promise<Connection> =>
  useEnvironmentConnection(engine, bucketEndpoint(flags), requireSecrets(context, true), {});

function showPolicies({ service, keys }: BucketPolicies, { json }: Flags, { output }: CliContext): ExitCode {
  if (json === true) {
    output.object({ kind: 'bucket-policies', service: JSON.parse(service) as unknown, keys: JSON.parse(keys) as unknown });
    return exitCodes.done;
  }
  output.line('Policy of the bucket, so that the service may read what is sent (not needed with --no-reference):');
  output.line(service);
  output.line('');
  output.line('Policy of the user or role whose keys send:');
  output.line(keys);
  return exitCodes.done;
}
