import { describe, expect, it } from 'vitest';
import { decideQuit, quitQuestion, staysInTray } from '../../../electron/desktop/quit-decision.ts';
import { shellStatus } from '../../fakes/shell-status.ts';

const asked = { bySystem: false, isDecided: false };

describe('quitting', () => {
  it('asks only while rows are on their way that would arrive', () => {
    expect(decideQuit({ ...asked, status: shellStatus({ rowsQueued: 5 }) })).toBe('ask');
    expect(decideQuit({ ...asked, status: shellStatus() })).toBe('quit');
    expect(decideQuit({ ...asked, status: undefined })).toBe('quit');
    expect(decideQuit({ ...asked, status: shellStatus({ rowsQueued: 5, paused: true }) })).toBe('quit');
    expect(decideQuit({ ...asked, status: shellStatus({ rowsQueued: 5, blocked: true }) })).toBe('quit');
  });

  it('never asks when a signal or the system ends the app, nor twice', () => {
    const status = shellStatus({ rowsQueued: 5 });
    expect(decideQuit({ ...asked, bySystem: true, status })).toBe('quit');
    expect(decideQuit({ ...asked, isDecided: true, status })).toBe('quit');
  });

  it('says how much is left', () => {
    expect(quitQuestion(shellStatus({ rowsQueued: 12_340 })).message).toBe('12,340 rows are still on the way');
    expect(quitQuestion(shellStatus({ rowsQueued: 1 })).message).toBe('1 row is still on the way');
  });
});

describe('closing the window', () => {
  it('leaves the app in the tray while folders are watched, unless that is not wanted', () => {
    const watching = shellStatus({ folders: 1 });
    expect(staysInTray({ keepRunning: true }, watching, true)).toBe(true);
    expect(staysInTray({ keepRunning: false }, watching, true)).toBe(false);
    expect(staysInTray({ keepRunning: true }, watching, false)).toBe(false);
    expect(staysInTray({ keepRunning: true }, shellStatus(), true)).toBe(false);
    expect(staysInTray({ keepRunning: true }, undefined, true)).toBe(false);
  });
});
