import { describe, expect, it } from 'vitest';
import { toMainSchema, type News, type ShellStatus } from '../../../electron/desktop/engine-messages.ts';
import { reportToShell } from '../../../electron/desktop/shell-reports.ts';
import { shellStatusOf } from '../../../electron/desktop/shell-status.ts';
import { failure } from '../../../electron/engine/errors.ts';
import type { Engine } from '../../../electron/engine/engine.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';
import { calmFlow, watchedFile, watchedFolder } from '../../fakes/watch-records.ts';
import { watchingEngine } from '../../fakes/watching-engine.ts';

function start() {
  const watching = watchingEngine();
  watching.folder = watchedFolder({ mode: 'files' });
  const engine = { ...(watching.engine as Engine), recentTransfers: () => [] };
  return { watching, engine, clock: new ManualClock() };
}

describe('what the main process is told', () => {
  it('is how things stand, twice a second at the most, and only what is new', async () => {
    const { watching, engine, clock } = start();
    const told: (ShellStatus | News)[] = [];
    const reports = reportToShell(engine, clock, (message) => void told.push(message));
    await clock.advance(0);
    expect(told).toMatchObject([{ kind: 'status', folders: 1, moving: false }]);
    for (let change = 0; change < 50; change += 1) {
      watching.change({ state: change % 2 === 0 ? 'waiting' : 'sending' });
      watching.tell({ kind: 'watched-file', folderId: 'folder-1', file: watchedFile(`${change}.csv`) });
    }
    await clock.advance(500);
    expect(told.slice(1)).toEqual([
      expect.objectContaining({ kind: 'status', moving: true }),
      { kind: 'news', about: 'uploaded', files: 50, name: '49.csv' },
    ]);
    watching.change({ bytesWaiting: 5 });
    await clock.advance(10_000);
    expect(told).toHaveLength(3);
    expect(told.every((message) => toMainSchema.safeParse(message).success)).toBe(true);
    await reports.dispose();
  });

  it('names what needs somebody: losses, refused keys, questions, folders that are gone', () => {
    const { watching, engine } = start();
    const reason = failure('credentials-refused', 'the service answered 403');
    watching.flow = calmFlow({
      connections: [{ connectionId: 'plant', paused: false, state: 'blocked', reason, skewMs: 0 }],
      rowsQueued: 4,
    });
    watching.folder = watchedFolder({
      state: 'missing',
      atRisk: [{ id: 1, path: 'a.csv', at: 0, bytes: 1, rows: 1, cause: 'deleted' }],
    });
    expect(shellStatusOf(engine)).toMatchObject({
      ...{ blocked: true, rowsQueued: 4 },
      attention: [
        { code: 'rows-at-risk', subject: 'a.csv' },
        { code: 'credentials-refused', subject: 'Plant' },
        { code: 'folder-missing', subject: 'plant' },
      ],
    });
    watching.folder = watchedFolder({ question: { files: 3, bytes: 9 } });
    expect(shellStatusOf(engine).attention.at(-1)).toEqual({ code: 'existing-undecided', subject: 'plant' });
  });
});
