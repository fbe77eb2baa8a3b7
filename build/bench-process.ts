/** Runs one benchmark: `bench-process.ts <module> <file for the result>`. */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

export interface BenchRow {
  readonly metric: string;
  readonly ours: number;
  /** The same, done by the tool that we compare with. */
  readonly peer?: number;
  /** Ours to the peer's, so that more than 1 is better. */
  readonly ratio?: number;
  readonly unit: string;
  readonly note?: string;
}

export interface BenchResult {
  readonly name: string;
  readonly rows: readonly BenchRow[];
}

/** What a module in tests/bench/ exports as its default. */
interface Bench {
  readonly name: string;
  run(): Promise<readonly BenchRow[]>;
}

const [modulePath, resultFile] = process.argv.slice(2);
if (modulePath === undefined || resultFile === undefined) throw new Error('usage: bench-process.ts <module> <file for the result>');
const { default: bench } = (await import(pathToFileURL(modulePath).href)) as { default: Bench };
const result: BenchResult = { name: bench.name, rows: await bench.run() };
writeFileSync(resultFile, JSON.stringify(result));
process.exit(0);
