import { expect, it } from 'vitest';
import { tortureRun } from './torture-run.ts';

it.each(['stream', 'batch'] as const)(
  'by the %s route, with everything that can happen at once, no row is lost and none is repeated that is not counted as such',
  async (route) => {
    const report = await tortureRun({ route, seed: route === 'stream' ? 3 : 4, seconds: 20, files: 50, drainMs: 120_000 });
    expect(report, JSON.stringify(report)).toMatchObject({ lost: 0, strange: 0, exitCode: 0 });
    expect(report.kills).toBeGreaterThanOrEqual(2);
    expect(report.written).toBeGreaterThan(1_000);
    expect(report.repeated).toBeLessThanOrEqual(route === 'batch' ? 0 : report.possiblyRepeated);
  },
);
