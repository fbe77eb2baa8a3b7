import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { DesktopPreferences } from '../../shared/contract/bridge.ts';
import { writeAtomically } from '../api/atomic-write.ts';

const shapes = { keepRunning: z.boolean(), startAtLogin: z.boolean(), notifications: z.boolean() } as const;

/** What the page may change. */
export const preferencesChangeSchema = z.strictObject(shapes).partial();
/** A file that is damaged in one place keeps what it says elsewhere. */
const savedSchema = z.object({
  keepRunning: shapes.keepRunning.catch(true),
  startAtLogin: shapes.startAtLogin.catch(false),
  notifications: shapes.notifications.catch(true),
});

export interface PreferencesStore {
  readonly current: DesktopPreferences;
  /** Carries out, saves and tells the listeners. Rejects with what the system says; then nothing is saved. */
  change(change: z.infer<typeof preferencesChangeSchema>): Promise<DesktopPreferences>;
  onChange(listener: (now: DesktopPreferences) => void): void;
}

/** Keeps `<dataDir>/preferences.json`. `apply` carries out what a change means for the system. */
export function openPreferences(
  dataDir: string,
  apply: (now: DesktopPreferences, before: DesktopPreferences) => Promise<void>,
): PreferencesStore {
  const file = path.join(dataDir, 'preferences.json');
  const listeners: ((now: DesktopPreferences) => void)[] = [];
  let current = read(file);
  let saving: Promise<unknown> = Promise.resolve();

  const save = async (change: z.infer<typeof preferencesChangeSchema>): Promise<DesktopPreferences> => {
    const before = current;
    const { keepRunning = before.keepRunning, startAtLogin = before.startAtLogin, notifications = before.notifications } = change;
    const now = { keepRunning, startAtLogin, notifications };
    await apply(now, before);
    await writeAtomically(file, `${JSON.stringify(now)}\n`);
    current = now;
    for (const listener of listeners) listener(now);
    return now;
  };
  return {
    get current() {
      return current;
    },
    change: (change) => {
      // One after the other, so that none undoes another.
      const saved = saving.then(() => save(change));
      saving = saved.catch(() => undefined);
      return saved;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

function read(file: string): DesktopPreferences {
  try {
    return savedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Missing or damaged: the defaults are no loss.
    return savedSchema.parse({});
  }
}
