import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { autostartEntry } from '../../../electron/desktop/autostart-entry.ts';
import { openPreferences, preferencesChangeSchema } from '../../../electron/desktop/desktop-preferences.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'preferences-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
const open = (apply: Parameters<typeof openPreferences>[1] = () => Promise.resolve()) => openPreferences(dataDir, apply);
const file = (): string => path.join(dataDir, 'preferences.json');

describe('the preferences of the desktop', () => {
  it('keep the app running and start nothing at login, until somebody says otherwise', () => {
    expect(open().current).toEqual({ keepRunning: true, startAtLogin: false, notifications: true });
  });

  it('are there again after a start, and tell who shows them', async () => {
    const store = open();
    const told: unknown[] = [];
    store.onChange((now) => told.push(now));
    await Promise.all([store.change({ keepRunning: false }), store.change({ notifications: false })]);
    const expected = { keepRunning: false, startAtLogin: false, notifications: false };
    expect(told.at(-1)).toEqual(expected);
    expect(open().current).toEqual(expected);
  });

  it('stay as they were when the system does not carry them out', async () => {
    const store = open(() => Promise.reject(new Error('no permission')));
    await expect(store.change({ startAtLogin: true })).rejects.toThrow('no permission');
    expect(store.current.startAtLogin).toBe(false);
    expect(existsSync(file())).toBe(false);
  });

  it('survive a damaged file', () => {
    writeFileSync(file(), '{"keepRunning": "yes", "notifications": false, "later": 1}');
    expect(open().current).toEqual({ keepRunning: true, startAtLogin: false, notifications: false });
    writeFileSync(file(), '{"keep');
    expect(open().current.notifications).toBe(true);
  });

  it('take from a page only what they are', () => {
    expect(preferencesChangeSchema.safeParse({ keepRunning: false }).success).toBe(true);
    for (const wrong of [{ keepRunning: 'no' }, { other: true }, null, 'keepRunning']) {
      expect(preferencesChangeSchema.safeParse(wrong).success).toBe(false);
    }
  });
});

describe('the entry that starts the app at login', () => {
  it('starts what is named, whatever characters its path has', () => {
    const entry = autostartEntry('Fineo Uploader', ['/opt/My "apps"/100% $HOME/up', '--hidden']);
    // Quoted for the command line, then its backslashes doubled as in every value.
    expect(entry).toContain(String.raw`Exec="/opt/My \\"apps\\"/100%% \\$HOME/up" "--hidden"`);
    expect(entry).toMatch(/^\[Desktop Entry\]\nType=Application\nName=Fineo Uploader\n/);
  });
});
