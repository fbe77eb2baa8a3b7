/** The commands about what rows mean: times, schema, mapping, check. Their names, options and help. */
import { Option, type Command } from 'commander';
import type { CliContext } from './cli-context.ts';
import type { CommandRunner } from './program.ts';

/** Gathers the values of an option that may be given several times. */
export const several = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

const jsonOption = (): Option => new Option('--json', 'one JSON object a line on standard output, nothing else');

export function addSchemaCommands(program: Command, context: CliContext, run: CommandRunner): void {
  addTimestamp(program, context, run);
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
