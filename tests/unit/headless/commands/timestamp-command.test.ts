import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { showTimestamp } from '../../../../electron/headless/commands/timestamp-command.ts';
import { recordedCli } from '../../../fakes/cli-context.ts';

interface Case {
  readonly patterns: readonly string[];
  readonly value: string;
  readonly epochMillis: number | null;
}
const cases = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../../fixtures/timestamps.json'), 'utf8')) as readonly Case[];

function ask(flags: unknown): { readonly code: number; readonly lines: readonly string[] } {
  const cli = recordedCli({});
  const code = showTimestamp(flags, cli.context, Date.UTC(2020, 0, 1));
  return { code, lines: cli.lines };
}

describe('timestamp', () => {
  it('gives one object with --json, with the milliseconds of every known case', () => {
    for (const { patterns, value, epochMillis } of cases) {
      const { code, lines } = ask({ ...(patterns.length === 0 ? {} : { pattern: patterns }), value, json: true });
      expect(code).toBe(0);
      expect(lines).toHaveLength(1);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ kind: 'timestamp', value, epochMillis });
    }
  });

  it('says the time, what read it, and why the others did not', () => {
    const { lines } = ask({ pattern: ['ISO_INSTANT', 'dd.MM.uuuu HH:mm@Europe/Berlin'], value: '27.03.2017 20:18' });
    expect(lines[0]).toBe('epoch  1490638680000');
    expect(lines[1]).toBe('UTC    2017-03-27T18:18:00.000Z');
    expect(lines).toContain('read by dd.MM.uuuu HH:mm@Europe/Berlin');
    expect(lines.some((line) => line.startsWith('not by ISO_INSTANT: at character 1'))).toBe(true);
  });

  it('points out what was probably meant', () => {
    expect(ask({ value: '1490638685' }).lines.at(-1)).toContain('in seconds it is 2017-03-27');
  });
});
