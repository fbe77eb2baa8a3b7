/** Real files: what is found out about them, beside what a person says of them. The table is kept, with its misses, in `tests/fixtures`. */
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Inspection } from '../../../shared/contract/files.ts';
import { inspectFile } from '../../../electron/engine/inspect.ts';
import { packages, type Truth } from './detection-truths.ts';

const modules = path.join(import.meta.dirname, '../../../node_modules');

interface Looked {
  readonly name: string;
  readonly truth: Truth;
  readonly found: Inspection;
  readonly isHit: boolean;
}

const separatorOf = ({ format }: Inspection): string => (format.kind === 'csv' ? (format.delimiter ?? '') : '[]');
const findingOf = ({ findings }: Inspection, subject: 'timestamp' | 'header') => findings.find((finding) => finding.subject === subject);

/** All of these have names in their first line, or are arrays of objects. */
const hasHeader = (found: Inspection): boolean => found.format.header && findingOf(found, 'header')?.code !== 'header-like-values';

const isHit = ({ separator, encoding, time, pattern }: Truth, found: Inspection): boolean => {
  const [best] = found.timestampCandidates;
  return (
    [separatorOf(found), found.format.encoding].join() === [separator, encoding].join() &&
    hasHeader(found) &&
    best?.column === time &&
    best?.patterns[0] === pattern &&
    found.missing.includes('timestamp') === (time === undefined)
  );
};

const looked: Looked[] = [];
beforeAll(async () => {
  for (const { name, folder, files } of packages) {
    for (const truth of files) {
      const file = path.join(modules, name, folder, truth.file);
      const found = await inspectFile({ path: file, format: undefined, mapping: undefined, maxEventBytes: 375_000 });
      looked.push({ name, truth, found, isHit: isHit(truth, found) });
    }
  }
}, 60_000);

const code = (text: string | undefined): string => (text === undefined ? '–' : `\`${text === '\t' ? 'tab' : text}\``);
const shown = (separator: string, time: string | undefined, pattern: string | undefined, encoding: string): readonly string[] => [
  code(separator),
  code(time),
  code(pattern),
  encoding,
];

function tableOf(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_name, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)].join('\n');
}

function document(): string {
  const head = ['file', 'separator', 'time', 'pattern', 'encoding', 'found', 'told'];
  const parts = packages.map(({ name }) => {
    const of = looked.filter((one) => one.name === name);
    const rows = of.map(({ truth, found, isHit }) => {
      const [best] = found.timestampCandidates;
      const as = shown(separatorOf(found), best?.column, best?.patterns[0], found.format.encoding);
      const told = findingOf(found, 'timestamp')?.code ?? '';
      return [
        code(truth.file),
        ...shown(truth.separator, truth.time, truth.pattern, truth.encoding),
        isHit ? 'as it is' : `**${as.join(' ')}**`,
        told,
      ];
    });
    const hits = of.filter((one) => one.isHit).length;
    return `## ${name}\n\n${String(of.length)} files: ${String(hits)} hits, ${String(of.length - hits)} misses.\n\n${tableOf([head, ...rows])}\n`;
  });
  const hits = looked.filter((one) => one.isHit).length;
  return [
    '# What is found out about real files\n',
    'Separator (`[]`: a JSON array), column of the time, its pattern and encoding as a person sees them, then what was found where that is',
    'something else, and how the time is told of. `tests/unit/engine/detection-table.test.ts` makes this table and holds it to what is found',
    'now; run it with `--update` when that is to change.\n',
    `${String(looked.length)} files: ${String(hits)} hits, ${String(looked.length - hits)} misses. A miss is a time that the service cannot read: a year or a month without a day.\n`,
    parts.join('\n'),
  ].join('\n');
}

it('the table of hits and misses is what is found', async () => {
  expect(looked.length).toBeGreaterThanOrEqual(40);
  await expect(document()).toMatchFileSnapshot('../../fixtures/detection-table.md');
});

it('every file has rows, and its separator, header and encoding are found', () => {
  const wrong = looked.filter(
    ({ truth, found }) =>
      separatorOf(found) !== truth.separator || found.format.encoding !== truth.encoding || !hasHeader(found) || found.rows.length === 0,
  );
  expect(wrong.map(({ truth }) => truth.file)).toEqual([]);
});

it('a time is missed only where the service can read none, and then it is asked for and the reason is told', () => {
  for (const { truth, found } of looked.filter((one) => !one.isHit)) {
    expect(truth.pattern, truth.file).toBeUndefined();
    expect(found.timestampCandidates, truth.file).toEqual([]);
    expect(found.missing, truth.file).toContain('timestamp');
    expect(findingOf(found, 'timestamp')?.code, truth.file).toMatch(/^time-(year-alone|month-alone|none)$/);
  }
});
