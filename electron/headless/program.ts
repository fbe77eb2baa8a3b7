/** The command line as it can be written: names, options, help. What each command does is loaded when it is asked for. */
import { Command, Option, type CommanderError } from 'commander';
import { routes, serviceRoutes } from '../../shared/model/route.ts';
import type { TransferState } from '../../shared/contract/transfers.ts';
import type { CliContext } from './cli-context.ts';
import { addConnectionCommands } from './connections-program.ts';
import { bucketVariables, secretVariables } from './environment-secrets.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { dataDirOption, jsonOption, type CommandRunner } from './program-options.ts';
import { addSchemaCommands } from './schema-program.ts';

/** Written out, so that the schemas need not be loaded for the help. */
const transferStates = ['running', 'done', 'attention', 'held', 'cancelled'] as const satisfies readonly TransferState[];

/** Builds the parser. Usage errors are thrown as `CommanderError`, after their text went to standard error. */
export function createProgram(context: CliContext, run: CommandRunner): Command {
  const program = new Command('fineo-uploader');
  program
    .description('Gets files of measurements (CSV, JSON lines, also gzipped) into Fineo and loses nothing on the way.')
    .version(context.version)
    .exitOverride()
    // `--version` behind a command is that command's own.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => context.output.line(text.trimEnd()),
      writeErr: (text) => context.output.note(text.trimEnd()),
      outputError: (text, write) => write(withoutValues(text)),
    })
    .addHelpText('after', helpEnd);
  addUpload(program, context, run);
  addWatch(program, context, run);
  addConnectionCommands(program, context, run);
  addRecords(program, context, run);
  addServers(program, context, run);
  addSchemaCommands(program, context, run);
  for (const command of allCommands(program)) command.showHelpAfterError(`see: ${pathOf(command)} --help`);
  return program;
}

/** The exit code that a parser's error stands for: showing help or the version is no error. */
export const exitCodeOfParser = (error: CommanderError): ExitCode => (error.exitCode === 0 ? exitCodes.done : exitCodes.usage);

function addUpload(program: Command, context: CliContext, run: CommandRunner): void {
  program
    .command('upload')
    .description('send files; what a run that was stopped has left over goes out when it is run again')
    .argument('<file|glob...>', 'files, or patterns such as "logs/**/*.csv.gz"')
    .option('--to <connection>', 'name or id of a saved connection')
    .option('--root <url>', 'address of the service, for example https://api.fineo.io; secrets come from the environment')
    .option('--stage <name>', 'with --root: stage of the API (default: v1)')
    .option('--region <name>', 'with --root: region of the signature (default: us-east-1)')
    .addOption(new Option('--route <name>', 'how rows travel').choices(routes).default('batch'))
    .option('--bucket <name>', 'route s3: the bucket that whole files go to')
    .option('--prefix <path>', 'route s3: before the key of every object')
    .option(
      '--s3-endpoint <url>',
      `route s3: address of the object store (default: Amazon S3); keys of its own in ${bucketVariables.accessKeyId} …`,
    )
    .option('--s3-region <name>', 'route s3: region of the bucket (default: that of the connection)')
    .option('--gzip-level <n>', 'route s3: 1 (fast) to 9 (small), 0 for none (default: 3)')
    .option(
      '--object-mb <n>',
      'route s3: cut larger files after rows into objects of so many MB (before compression), each with the header',
    )
    .option('--no-reference', 'route s3: do not tell the service; the object in the bucket is the end')
    .option('--stream-name <name>', 'routes kinesis, firehose: the stream that rows go to, without the service')
    .option('--stream-endpoint <url>', 'routes kinesis, firehose: address (default: that of Amazon in the region)')
    .option('--stream-region <name>', 'routes kinesis, firehose: region of the stream (default: that of the connection)')
    .option('--partition-key <column>', 'route kinesis: the column that decides the shard (default: rows are spread evenly)')
    .option(
      '--mapping <file.json|@name>',
      'how rows become events: a file, or a saved mapping; without it the content of each file decides',
    )
    .option('--metric-type <name>', 'the metric type of every row')
    .option('--accept-rejects', 'leave rejected rows out also where the mapping holds the file for them; goes on with what is held')
    .option('--dry-run', 'show what would be sent and send nothing')
    .option('--again', 'also send files that were confirmed before')
    .option('--concurrency <n>', 'requests at a time, 1 to 64')
    .option('--rate <n>', 'requests per second')
    .option('--burst <n>', 'requests that may go out at once')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .addHelpText('after', uploadHelpEnd)
    .action((files: readonly string[], flags: unknown) => {
      run(async () => {
        const { parseUploadOptions } = await import('./upload/upload-options.ts');
        const options = parseUploadOptions(files, flags, context.env);
        const { runUpload } = await import('./upload/upload-command.ts');
        return runUpload(options, context);
      });
    });
}

/** An option that may be given more than once. */
const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

function addWatch(program: Command, context: CliContext, run: CommandRunner): void {
  program
    .command('watch')
    .description('send what is in a folder and whatever comes into it, until it is stopped')
    .argument('<folder>', 'with all that is below it')
    .option('--to <connection>', 'name or id of a saved connection')
    .option('--root <url>', 'address of the service, for example https://api.fineo.io; secrets come from the environment')
    .option('--stage <name>', 'with --root: stage of the API (default: v1)')
    .option('--region <name>', 'with --root: region of the signature (default: us-east-1)')
    .addOption(
      new Option('--mode <name>', 'follow files row by row, or send each as a whole once it has settled (default: rows)').choices([
        'rows',
        'files',
      ]),
    )
    .addOption(new Option('--route <name>', 'how rows travel (default: stream for rows, batch for files)').choices(serviceRoutes))
    .option('--bucket <name>', 'route s3, with --mode files and --root: the bucket; a saved connection has its own')
    .option('--prefix <path>', 'with --bucket: before the key of every object')
    .option('--s3-endpoint <url>', 'with --bucket: address of the object store (default: Amazon S3)')
    .option('--s3-region <name>', 'with --bucket: region of the bucket (default: that of the connection)')
    .option('--gzip-level <n>', 'with --bucket: 1 (fast) to 9 (small), 0 for none (default: 3)')
    .option('--object-mb <n>', 'with --bucket: cut larger files after rows into objects of so many MB')
    .option('--include <glob>', 'only files like this; may be given again (default: *.csv, *.ndjson …, also .gz)', collect)
    .option('--exclude <glob>', 'no files like this; may be given again', collect)
    .option(
      '--mapping <file.json|@name>',
      'how rows become events: a file, or a saved mapping in its newest version; without it the content of the first file decides',
    )
    .option('--metric-type <name>', 'the metric type of every row')
    .addOption(new Option('--existing <what>', 'what is there at the first start (default: send)').choices(['send', 'skip']))
    .option('--after <what>', 'with --mode files, once all is confirmed: keep, move:<dir> or delete (default: keep)')
    .addOption(new Option('--rewritten <what>', 'of a file that was rewritten (default: changed)').choices(['changed', 'everything']))
    .option('--settle-ms <n>', 'quiet time after which a file, or its open last line, is complete (default: 2000)')
    .option('--max-age-ms <n>', 'rows are gathered at most so long while a request is under way (default: 200)')
    .addOption(new Option('--watching <how>', 'how changes are noticed (default: auto)').choices(['auto', 'events', 'polling']))
    .option('--poll-ms <n>', 'time between two looks where there are no events (default: 5000)')
    .option('--once', 'end when everything that is there has been dealt with')
    .option('--dry-run', 'show what would be watched and send nothing')
    .option('--concurrency <n>', 'with --root: requests at a time, 1 to 64')
    .option('--rate <n>', 'with --root: requests per second')
    .option('--burst <n>', 'with --root: requests that may go out at once')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .addHelpText('after', watchHelpEnd)
    .action((folder: string, flags: unknown) => {
      run(async () => {
        const { parseWatchOptions } = await import('./watch/watch-options.ts');
        const options = parseWatchOptions(folder, flags, context);
        const { runWatch } = await import('./watch/watch-command.ts');
        return runWatch(options, context);
      });
    });
  program
    .command('status')
    .description('how a running watch, serve or app stands, and why what is not sent is not; 1 when something needs attention')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((flags: unknown) => run(async () => (await import('./commands/status-command.ts')).showStatus(flags, context)));
}

function addRecords(program: Command, context: CliContext, run: CommandRunner): void {
  program
    .command('history')
    .description('the transfers so far, newest first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(transferStates))
    .option('--search <text>', 'only those with this in a name')
    .option('--limit <n>', 'at most so many (default: 50)')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((flags: unknown) => run(async () => (await import('./commands/history-command.ts')).showHistory(flags, context)));
  program
    .command('resume')
    .description('go on with what has not arrived of a transfer that was held, cancelled or cut off')
    .argument('<transfer>', 'its id, as history shows it')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((transfer: string, flags: unknown) =>
      run(async () => (await import('./commands/resume-command.ts')).runResume(transfer, flags, context)),
    );
  program
    .command('rejects')
    .description('the rows of a transfer that could not be sent: line, column, code and reason')
    .argument('<transfer>', 'its id, as history shows it')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((transfer: string, flags: unknown) =>
      run(async () => (await import('./commands/rejects-command.ts')).showRejects(transfer, flags, context)),
    );
}

function addServers(program: Command, context: CliContext, run: CommandRunner): void {
  program
    .command('sandbox')
    .description('a local service that speaks the API and shows what it received; ends with Ctrl+C')
    .option('--port <n>', 'port on the loopback interface; 0 takes a free one', '0')
    .option('--rate <n>', 'requests per second it takes before it answers 429')
    .option('--burst <n>', 'requests at once it takes before it answers 429')
    .option(
      '--s3-endpoint <url>',
      `where S3 files are read from; with ${secretVariables.accessKeyId} and ${secretVariables.secretAccessKey}`,
    )
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((flags: unknown) => run(async () => (await import('./commands/sandbox-command.ts')).runSandbox(flags, context)));
  program
    .command('serve')
    .description('the interface of the app in a browser of this computer; ends with Ctrl+C')
    .option('--port <n>', 'port on the loopback interface; 0 takes a free one', '0')
    .option('--no-open', 'print the address only')
    .addOption(jsonOption())
    .addOption(dataDirOption())
    .action((flags: unknown) => run(async () => (await import('./commands/serve-command.ts')).runServe(flags, context)));
  program
    .command('demo')
    .description('a sandbox, sample files, an upload and what was stored, in one go; leaves nothing behind')
    .addOption(jsonOption())
    .action((flags: unknown) => run(async () => (await import('./commands/demo-command.ts')).runDemo(flags, context)));
}

/** What was typed after an option's name may be a secret; the name is enough. */
export const withoutValues = (text: string): string =>
  text.replace(/(--?[\w-]+)=[^'\n]*/g, '$1=…').replace(/(argument )'[^'\n]*'/g, '$1‘…’');

const allCommands = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(allCommands)];
const pathOf = (command: Command): string => (command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name());

const helpEnd = `
Examples:
  fineo-uploader demo
  fineo-uploader connections add plant --root https://api.fineo.io
  fineo-uploader upload "measurements/*.csv" --to plant --metric-type weather
  fineo-uploader watch /var/log/plant --to plant
  fineo-uploader history

Exit status: 0 all confirmed, 1 some rows rejected or held, 2 usage or configuration, 3 not deliverable, 70 a bug, 130 interrupted.`;

const watchHelpEnd = `
With --root, the environment holds ${Object.values(secretVariables).join(', ')} (the last one only with temporary credentials).

Examples:
  fineo-uploader watch /var/log/plant --to plant --metric-type weather
  fineo-uploader watch exports --to plant --mode files --after move:sent --include "*.csv"

Ctrl+C or SIGTERM: requests under way get their answer, then it ends with 0; a second one ends it at once. The same command, with the
same data folder, goes on where it was.`;

const uploadHelpEnd = `
With --root, the environment holds ${Object.values(secretVariables).join(', ')} (the last one only with temporary credentials).

Examples:
  fineo-uploader upload weather.csv --to plant --metric-type weather --dry-run
  fineo-uploader upload logs/*.ndjson.gz --root https://api.fineo.io --route stream --json

Running the same command again goes on where it was stopped; files that are confirmed and unchanged are not sent twice.`;
