import { describe, expect, it } from 'vitest';
import { killRun } from './kill-run.ts';

const rows = 200_000;

describe.each(['batch', 'stream'] as const)('an upload by the %s route that is killed again and again', (route) => {
  it('row 1: ends with every row stored, and says how many may be there twice', async () => {
    const report = await killRun({ route, kills: 10, seed: route === 'batch' ? 11 : 12, rows, budgetMs: 60_000 });
    expect(report.exitCode, report.stderr).toBe(0);
    expect(report.kills).toBeGreaterThanOrEqual(8);
    expect(report).toMatchObject({ lost: 0, unique: rows });
    expect(report.summary).toMatchObject({ rowsRead: rows, rowsConfirmed: rows, rowsRejected: 0, rowsHeld: 0 });
    if (route === 'batch') expect(report).toMatchObject({ repeated: 0, possiblyRepeated: 0 });
    expect(report.repeated).toBeLessThanOrEqual(report.possiblyRepeated);
    expect(report.repeated).toBeLessThanOrEqual(report.kills * report.rowsInFlight);
  });
});
