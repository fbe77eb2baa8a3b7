/** Reads what the test runner wrote (vitest's JSON report) and counts. */
import { existsSync, readFileSync } from 'node:fs';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Names of tests that were not run. */
  readonly skipped: readonly string[];
  /** Names of tests that failed, each with the beginning of what it said. */
  readonly failures: readonly string[];
}

/** So much is repeated of what a test said; the whole stands where it failed. */
const mostMessage = 1_500;

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

const isReport = (value: unknown): value is Report =>
  typeof value === 'object' && value !== null && 'testResults' in value && Array.isArray(value.testResults);

/** A file of tests that could not even be loaded counts as one failed test, and so does a report that is missing or broken. */
export function countTests(reportFiles: readonly string[]): TestCounts {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  const failures: string[] = [];
  for (const file of reportFiles) {
    const report = readReport(file);
    if (report === undefined) {
      failed += 1;
      failures.push(`no report in ${file}`);
    }
    for (const suite of report?.testResults ?? []) {
      if (suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed')) {
        failed += 1;
        failures.push(failureText(suite.name, [suite.message ?? '']));
      }
      for (const test of suite.assertionResults) {
        if (test.status === 'passed') passed += 1;
        else if (test.status === 'failed') {
          failed += 1;
          failures.push(failureText(`${test.fullName} (${suite.name})`, test.failureMessages ?? []));
        } else skipped.push(`${test.fullName} (${suite.name})`);
      }
    }
  }
  return { passed, failed, skipped, failures };
}

const failureText = (name: string, messages: readonly string[]): string => [name, ...messages].join('\n').trim().slice(0, mostMessage);

function readReport(file: string): Report | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isReport(report) ? report : undefined;
  } catch {
    return undefined;
  }
}

/** The last line of a test run. */
export const summaryLine = ({ passed, failed, skipped }: TestCounts): string =>
  `tests: ${String(passed)} passed, ${String(failed)} failed${skipped.length > 0 ? `, ${String(skipped.length)} skipped` : ''}`;
