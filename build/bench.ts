/**
 * `npm run bench`: runs every `tests/bench/*.bench.ts` in a process of its own, one after the other, prints a table and
 * writes `test-results/bench.json`. `npm run bench -- <words>` runs those whose file name contains the words.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import type { BenchResult, BenchRow } from './bench-process.ts';
import { at, root } from './repository.ts';
import { nodeStep, runStep } from './steps.ts';

const words = process.argv.slice(2);
const files = globSync('tests/bench/*.bench.ts', { cwd: root })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) {
  console.error('no benchmark was found');
  process.exit(1);
}

const shown = (value: number | undefined): string =>
  value === undefined ? '–' : value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : 0 });

const cellsOf = (row: BenchRow): readonly string[] => [
  row.metric,
  shown(row.ours),
  shown(row.peer),
  row.ratio === undefined ? '–' : `${shown(row.ratio)} ×`,
  row.unit,
  row.note ?? '',
];

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

mkdirSync(at('test-results'), { recursive: true });
const results: BenchResult[] = [];
const failed: string[] = [];
for (const file of files) {
  const answer = at('test-results', 'bench-process.json');
  rmSync(answer, { force: true });
  // The sources are TypeScript with classes whose constructors declare properties: more than stripping types can do.
  const nodeOptions = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--expose-gc'];
  const step = nodeStep(file, at('build/bench-process.ts'), [at(file), answer], { timeoutMs: 1_800_000 });
  const outcome = await runStep({ ...step, args: [...nodeOptions, ...step.args] });
  if (!outcome.passed) {
    failed.push(file);
    console.log(`\n${file} failed\n${outcome.output}`);
    continue;
  }
  const result = JSON.parse(readFileSync(answer, 'utf8')) as BenchResult;
  results.push(result);
  console.log(`\n${result.name} (${outcome.seconds.toFixed(0)} s)`);
  printTable([['metric', 'ours', 'peer', 'ratio', 'unit', 'note'], ...result.rows.map(cellsOf)]);
  rmSync(answer, { force: true });
}

const machine = { cpu: os.cpus()[0]?.model ?? '', cores: os.availableParallelism(), memoryBytes: os.totalmem(), node: process.version };
writeFileSync(at('test-results/bench.json'), `${JSON.stringify({ machine, results, failed }, null, 2)}\n`);
console.log(
  `\nbench: ${String(results.length)} ran, ${String(failed.length)} failed; ${machine.cpu}, ${String(machine.cores)} cores, Node ${machine.node}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
