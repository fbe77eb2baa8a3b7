/** The commands about connections and their buckets as they can be written. */
import type { Command } from 'commander';
import type { CliContext } from './cli-context.ts';
import { bucketVariables, secretVariables } from './environment-secrets.ts';
import { dataDirOption, jsonOption, type CommandRunner } from './program-options.ts';

/** `connections …` */
export function addConnectionCommands(program: Command, context: CliContext, run: CommandRunner): void {
  const load = () => import('./commands/connections-command.ts');
  const loadBucket = () => import('./commands/bucket-command.ts');
  const connections = program.command('connections').description('where files can be sent');
  connections
    .command('add')
    .description(`save a connection; secrets come from the environment (${secretVariables.apiKey} …), or are asked for`)
    .argument('<name>', 'what to call it')
    .requiredOption('--root <url>', 'address of the service, for example https://api.fineo.io')
    .option('--stage <name>', 'stage of the API (default: v1)')
    .option('--region <name>', 'region of the signature (default: us-east-1)')
    .option('--bucket <name>', 'the bucket for whole files by the route s3')
    .option('--prefix <path>', 'before the key of every object')
    .option('--s3-endpoint <url>', `address of the object store (default: Amazon S3); keys of its own in ${bucketVariables.accessKeyId} …`)
    .option('--s3-region <name>', 'region of the bucket (default: that of the connection)')
    .option('--gzip-level <n>', '1 (fast) to 9 (small), 0 for none (default: 3)')
    .option('--object-mb <n>', 'cut larger files after rows into objects of so many MB (before compression)')
    .option(
      '--secrets-stdin',
      'read the secrets from standard input: {"apiKey", "accessKeyId", "secretAccessKey", "sessionToken"?, "objectStore"?}',
    )
    .option('--replace', 'change the connection of that name, if there is one')
    .option('--concurrency <n>', 'requests at a time, 1 to 64')
    .option('--rate <n>', 'requests per second')
    .option('--burst <n>', 'requests that may go out at once')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((name: string, flags: unknown) => run(async () => (await load()).addConnection(name, flags, context)));
  connections
    .command('list')
    .description('the saved connections, without their secrets')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((flags: unknown) => run(async () => (await load()).listConnections(flags, context)));
  connections
    .command('test')
    .description('try each part: address, clock, API key, signature, permissions; and the bucket, where there is one')
    .argument('<connection>', 'name or id')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((name: string, flags: unknown) => run(async () => (await load()).testConnection(name, flags, context)));
  connections
    .command('test-bucket')
    .description('do in a bucket what sending does, with one small object, and say which permission is missing')
    .argument('[connection]', 'name or id; without one the keys come from the environment')
    .option('--bucket <name>', 'another bucket than the saved one')
    .option('--prefix <path>', 'before the key of the object')
    .option('--s3-endpoint <url>', 'address of the object store (default: Amazon S3)')
    .option('--s3-region <name>', 'region of the bucket')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((name: string | undefined, flags: unknown) => run(async () => (await loadBucket()).testBucket(name, flags, context)));
  connections
    .command('bucket-policy')
    .description('the policies that a bucket needs, to be copied: for the service that reads it, and for the keys that send')
    .argument('[connection]', 'name or id')
    .option('--bucket <name>', 'another bucket than the saved one')
    .option('--prefix <path>', 'before the key of every object')
    .option('--s3-region <name>', 'region of the bucket')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((name: string | undefined, flags: unknown) => run(async () => (await loadBucket()).showBucketPolicy(name, flags, context)));
  connections
    .command('remove')
    .description('forget a connection and its secrets')
    .argument('<connection>', 'name or id')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((name: string, flags: unknown) => run(async () => (await load()).removeConnection(name, flags, context)));
}
