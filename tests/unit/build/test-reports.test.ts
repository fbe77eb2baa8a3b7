import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countTests, summaryLine } from '../../../build/test-reports.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reports-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const report = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};
const suite = (status: string, ...tests: readonly string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map((each, index) => ({ status: each, fullName: `test ${index}` })),
});

describe('the count of a test run', () => {
  it('adds up the reports of all runs', () => {
    const one = report('one.json', JSON.stringify({ testResults: [suite('passed', 'passed', 'passed')] }));
    const two = report('two.json', JSON.stringify({ testResults: [suite('failed', 'passed', 'failed')] }));
    expect(summaryLine(countTests([one, two]))).toBe('tests: 3 passed, 1 failed');
  });

  it('names what failed, with what it said', () => {
    const broken = { name: 'b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] };
    const said = { status: 'failed', fullName: 'adds up', failureMessages: ['expected 1 to be 2'] };
    const file = report('one.json', JSON.stringify({ testResults: [{ ...suite('failed'), assertionResults: [said] }, broken] }));
    expect(countTests([file]).failures).toEqual(['adds up (a.test.ts)\nexpected 1 to be 2', 'b.test.ts\nno such module']);
  });

  it('names what was skipped', () => {
    const file = report('one.json', JSON.stringify({ testResults: [suite('passed', 'passed', 'pending', 'todo')] }));
    const counts = countTests([file]);
    expect(counts.skipped).toEqual(['test 1 (a.test.ts)', 'test 2 (a.test.ts)']);
    expect(summaryLine(counts)).toBe('tests: 1 passed, 0 failed, 2 skipped');
  });

  it('counts a file that could not be loaded as failed', () => {
    const file = report('one.json', JSON.stringify({ testResults: [suite('failed')] }));
    expect(countTests([file]).failed).toBe(1);
  });

  it.each([
    ['cut off', '{"testResults": ['],
    ['something else', '{}'],
  ])('counts a report that is %s as failed', (_what, text) => {
    expect(countTests([report('one.json', text)]).failed).toBe(1);
  });

  it('counts a report that was never written as failed', () => {
    expect(countTests([path.join(folder, 'none.json')]).failed).toBe(1);
  });
});
