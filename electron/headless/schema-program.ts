/** The commands about what rows mean: times and the schema. Their names, options and help. */
import { Option, type Command } from 'commander';
import { routes } from '../../shared/model/route.ts';
import type { CliContext } from './cli-context.ts';
import { dataDirVariable } from './data-dir.ts';
import { dataDirOption, jsonOption, type CommandRunner } from './program-options.ts';

/** Gathers the values of an option that may be given several times. */
const several = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

export function addSchemaCommands(program: Command, context: CliContext, run: CommandRunner): void {
  addTimestamp(program, context, run);
  addSchema(program, context, run);
  addCheck(program, context, run);
  addMapping(program, context, run);
  addReplay(program, context, run);
}

function addTimestamp(program: Command, context: CliContext, run: CommandRunner): void {
  program
    .command('timestamp')
    .description('what the service takes a text for: the time, the pattern that reads it, or why none does')
    .option('--pattern <pattern>', 'a pattern or name, tried in the order given; none: milliseconds since 1970 only', several)
    .requiredOption('--value <text>', 'the text, as it stands in the file')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  fineo-uploader timestamp --pattern="dd.MM.uuuu HH:mm@Europe/Berlin" --value="27.03.2017 20:18"')
    .action((flags: unknown) => run(async () => (await import('./commands/timestamp-command.ts')).showTimestamp(flags, context)));
}

function addCheck(program: Command, context: CliContext, run: CommandRunner): void {
  withConnection(program.command('check').description('look at every row of files and say what would become of it; nothing is sent'))
    .argument('<file|glob...>', 'files, or patterns such as "logs/**/*.csv.gz"')
    .option(
      '--mapping <file.json|@name>',
      'how rows become events: a file, or a saved mapping; without it the content of each file decides',
    )
    .option('--metric-type <name>', 'the metric type of every row')
    .addOption(new Option('--route <name>', 'both are planned; taken so that the options of upload fit here').choices(routes).hideHelp())
    .addOption(new Option('--again').hideHelp())
    .addOption(new Option('--accept-rejects').hideHelp())
    .option('--concurrency <n>', 'requests at a time, 1 to 64')
    .option('--rate <n>', 'requests per second')
    .option('--burst <n>', 'requests that may go out at once')
    .action((files: readonly string[], flags: unknown) =>
      run(async () => (await import('./commands/check-command.ts')).runCheck(files, flags, context)),
    );
}

function addMapping(program: Command, context: CliContext, run: CommandRunner): void {
  const mapping = program.command('mapping').description('how the rows of a file become events: suggested, and saved under a name');
  addNamedMappings(mapping, context, run);
  withConnection(mapping.command('suggest').description('a mapping by the content of a file and the schema of a connection'))
    .argument('<file>')
    .addHelpText('after', '\nExample:\n  fineo-uploader mapping suggest weather.csv --to plant > weather.mapping.json')
    .action((file: string, flags: unknown) =>
      run(async () => (await import('./commands/mapping-command.ts')).suggestMapping(file, flags, context)),
    );
}

function addNamedMappings(mapping: Command, context: CliContext, run: CommandRunner): void {
  const load = () => import('./commands/named-mappings-command.ts');
  const command = (name: string, description: string): Command =>
    mapping.command(name).description(description).addOption(jsonOption()).addOption(dataDirOption());
  command('list', 'the saved mappings, their newest version and what uses them').action((flags: unknown) =>
    run(async () => (await load()).listMappings(flags, context)),
  );
  command('show', 'a saved mapping')
    .argument('<name>')
    .option('--version <n>', 'an earlier version (default: the newest)')
    .action((name: string, flags: unknown) => run(async () => (await load()).showMapping(name, flags, context)));
  command('save', 'save a mapping under a name; other content than before becomes its next version')
    .argument('<name>')
    .argument('<file>', 'JSON, as --mapping takes it')
    .action((name: string, file: string, flags: unknown) => run(async () => (await load()).saveMapping(name, file, flags, context)));
  command('export', 'write a saved mapping to a file, or to standard output')
    .argument('<name>')
    .argument('[file]')
    .option('--version <n>', 'an earlier version (default: the newest)')
    .action((name: string, file: string | undefined, flags: unknown) =>
      run(async () => (await load()).exportMapping(name, file, flags, context)),
    );
  command('import', 'save the mapping of a file under a new name')
    .argument('<file>')
    .option('--name <name>', 'default: the name in the file, else that of the file')
    .action((file: string, flags: unknown) => run(async () => (await load()).importMapping(file, flags, context)));
  command('rename', 'give a saved mapping another name')
    .argument('<name>')
    .argument('<new-name>')
    .action((name: string, newName: string, flags: unknown) =>
      run(async () => (await load()).renameMapping(name, newName, flags, context)),
    );
  command('remove', 'remove a saved mapping that no folder uses')
    .argument('<name>')
    .action((name: string, flags: unknown) => run(async () => (await load()).removeMapping(name, flags, context)));
}

function addReplay(program: Command, context: CliContext, run: CommandRunner): void {
  withConnection(
    program.command('replay').description('send the rejected rows of a transfer, as they were corrected in its files of rejects'),
  )
    .argument('<transfer>', 'its id, as history shows it')
    .option('--give-up', 'end a replay that was held: rows that it did not send can be corrected again')
    .addHelpText('after', replayHelpEnd)
    .action((transfer: string, flags: unknown) =>
      run(async () => (await import('./commands/replay-command.ts')).runReplay(transfer, flags, context)),
    );
}

const replayHelpEnd = `
A replay that was held goes on first; one that was stopped gives back what it did not send.

Example:
  fineo-uploader rejects t1abc            where the file of rejects lies; correct it with any editor
  fineo-uploader replay t1abc --to plant`;

/** Options by which a command says which connection it is about. */
export const withConnection = (command: Command): Command =>
  command
    .option('--to <connection>', 'name or id of a saved connection')
    .option('--root <url>', 'address of the service; secrets come from the environment')
    .option('--stage <name>', 'with --root: stage of the API (default: v1)')
    .option('--region <name>', 'with --root: region of the signature (default: us-east-1)')
    .addOption(jsonOption())
    .addOption(new Option('--data-dir <dir>', `folder for journal, secrets and rejects (or ${dataDirVariable})`));

function addSchema(program: Command, context: CliContext, run: CommandRunner): void {
  const load = () => import('./commands/schema-command.ts');
  const schema = program.command('schema').description('metric types, fields and patterns of the tenant, as the service has them');
  const command = (name: string, description: string): Command => withConnection(schema.command(name).description(description));
  const reading = (name: string, description: string): Command =>
    command(name, description).option('--offline', 'what was read last, without asking the service');

  reading('show', 'all of it').action((flags: unknown) => run(async () => (await load()).showSchema(flags, context)));
  reading('metrics', 'the metric types').action((flags: unknown) => run(async () => (await load()).listMetrics(flags, context)));
  reading('metric', 'one metric type with its fields')
    .argument('<name>', 'its name or one of its aliases')
    .action((name: string, flags: unknown) => run(async () => (await load()).showMetric(name, flags, context)));
  command('create-metric', 'make a metric type')
    .argument('<name>')
    .option('--alias <name>', 'another name of it; may be given several times', several)
    .action((name: string, flags: unknown) => run(async () => (await load()).createMetric(name, flags, context)));
  command('delete-metric', 'remove a metric type')
    .argument('<name>')
    .action((name: string, flags: unknown) => run(async () => (await load()).deleteMetric(name, flags, context)));
  command('create-field', 'give a metric type a field')
    .argument('<metric>')
    .argument('<field>')
    .requiredOption('--type <type>', 'STRING, BOOLEAN, INTEGER, LONG, FLOAT, DOUBLE or BINARY')
    .option('--alias <name>', 'another name of it; may be given several times', several)
    .action((metric: string, field: string, flags: unknown) => run(async () => (await load()).createField(metric, field, flags, context)));
  command('alias', 'give a metric type, or one of its fields, further names')
    .argument('<metric>')
    .argument('<alias...>')
    .option('--field <name>', 'the field that gets them; timestamp for the time')
    .action((metric: string, aliases: readonly string[], flags: unknown) =>
      run(async () => (await load()).addAliases(metric, aliases, flags, context)),
    );
  reading('patterns', 'show the timestamp patterns, or set those given in place of them')
    .argument('[pattern...]')
    .option('--metric <name>', 'those of a metric type, which come before those of the tenant')
    .action((patterns: readonly string[], flags: unknown) => run(async () => (await load()).setPatterns(patterns, flags, context)));
  reading('keys', 'show the names of the field with the metric type, or set those given in place of them')
    .argument('[key...]')
    .action((keys: readonly string[], flags: unknown) => run(async () => (await load()).setKeys(keys, flags, context)));
}
