/** Standard input and output of the process, as commands use them. */
import readline from 'node:readline';
import { Writable } from 'node:stream';
import { UploaderError } from '../../engine/errors.ts';
import type { CliInput, CliOutput } from '../cli-context.ts';

export interface ProcessOutput extends CliOutput {
  /** Resolves when everything has left the process, so that it can end. */
  flush(): Promise<void>;
}

export function createProcessOutput(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): ProcessOutput {
  const open = new Set([stdout, stderr]);
  for (const stream of open) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // The reader of a pipe has gone (`| head`). The upload matters more than what is shown of it.
      if (error.code !== 'EPIPE') throw error;
      open.delete(stream);
    });
  }
  const write = (stream: NodeJS.WriteStream, text: string): void => {
    if (open.has(stream)) stream.write(`${text}\n`);
  };
  const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
    open.has(stream) ? new Promise((resolve) => void stream.write('', () => resolve())) : Promise.resolve();
  return {
    line: (text) => write(stdout, text),
    object: (value) => write(stdout, JSON.stringify(value)),
    note: (text) => write(stderr, text),
    terminal: stdout.isTTY ? stdout : undefined,
    flush: async () => {
      await Promise.all([flushed(stdout), flushed(stderr)]);
    },
  };
}

export function createProcessInput(stdin: NodeJS.ReadStream, stderr: NodeJS.WriteStream): CliInput {
  return {
    isTerminal: stdin.isTTY && stderr.isTTY,
    readAll: async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array));
      return Buffer.concat(chunks).toString('utf8');
    },
    askSecret: (question) => askWithoutEcho(stdin, stderr, question),
  };
}

/** What is typed goes to a stream that shows nothing. Throws `cancelled` at Ctrl+C or the end of input. */
function askWithoutEcho(stdin: NodeJS.ReadStream, stderr: NodeJS.WriteStream, question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = readline.createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 });
  stderr.write(question);
  return new Promise<string>((resolve, reject) => {
    prompt.once('SIGINT', () => prompt.close());
    prompt.once('close', () => reject(new UploaderError('cancelled', 'the question was not answered')));
    prompt.question('', (answer) => {
      resolve(answer);
      prompt.close();
    });
  }).finally(() => stderr.write('\n'));
}
