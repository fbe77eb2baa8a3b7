/** What the commands share as they are written. */
import { Option } from 'commander';
import { dataDirVariable } from './data-dir.ts';
import type { ExitCode } from './exit-codes.ts';

/** Called by the chosen command; its exit code is that of the process. */
export type CommandRunner = (run: () => Promise<ExitCode>) => void;

export const dataDirOption = (): Option =>
  new Option('--data-dir <dir>', `folder for journal, secrets and rejects (or ${dataDirVariable})`);

export const jsonOption = (): Option => new Option('--json', 'one JSON object a line on standard output, nothing else');
