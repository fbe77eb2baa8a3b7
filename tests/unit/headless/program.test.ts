import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram, exitCodeOfParser, withoutValues } from '../../../electron/headless/program.ts';
import { recordedCli } from '../../fakes/cli-context.ts';

function parse(...args: readonly string[]): {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
  readonly ran: boolean;
} {
  const cli = recordedCli({});
  let ran = false;
  let code: number | undefined;
  try {
    createProgram(cli.context, () => {
      ran = true;
    }).parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    code = exitCodeOfParser(error);
  }
  return { code, ran, out: cli.lines.join('\n'), err: cli.notes.join('\n') };
}

describe('the command line', () => {
  it.each([
    [
      'upload',
      'a.csv',
      '--to',
      'plant',
      '--route',
      'stream',
      '--mapping',
      'm.json',
      '--metric-type',
      'weather',
      '--dry-run',
      '--json',
      '--data-dir',
      'd',
    ],
    [
      'upload',
      'a.csv',
      'b.csv',
      '--root',
      'http://127.0.0.1:1',
      '--stage',
      'v1',
      '--region',
      'us-east-1',
      '--again',
      '--concurrency',
      '4',
      '--rate',
      '9',
      '--burst',
      '9',
    ],
    ['connections', 'add', 'plant', '--root', 'https://api.fineo.io', '--secrets-stdin'],
    ['connections', 'list'],
    ['connections', 'test', 'plant'],
    ['connections', 'remove', 'plant'],
    ['history', '--json'],
    ['rejects', 'transfer-1'],
    ['sandbox', '--port', '0', '--data-dir', 'd', '--json'],
    ['serve', '--port', '0', '--no-open'],
    ['demo'],
  ])('knows %s %s', (...args) => {
    expect(parse(...args)).toEqual({ code: undefined, ran: true, out: '', err: '' });
  });

  it.each([
    [[]],
    [['uplaod']],
    [['upload']],
    [['upload', 'a.csv', '--route', 'pigeon']],
    [['rejects']],
    [['history', 'extra']],
    [['connections', 'add', 'x']],
  ])('ends with 2 and a hint for %j, with nothing on standard output', (args) => {
    const { code, ran, out, err } = parse(...args);
    expect({ code, ran, out }).toEqual({ code: 2, ran: false, out: '' });
    expect(err).not.toBe('');
  });

  it('shows where help is', () => {
    expect(parse('upload').err).toContain('see: fineo-uploader upload --help');
    expect(parse('upload', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('Examples:') as string });
    expect(parse('--version')).toMatchObject({ code: 0, out: '0.0.0' });
  });

  it('does not repeat a secret that was put where none belongs', () => {
    expect(parse('upload', 'a.csv', '--api-key=hunter2').err).not.toContain('hunter2');
    expect(withoutValues("error: unknown option '--api-key=hunter2'")).toBe("error: unknown option '--api-key=…'");
  });
});
