import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { app } from 'electron';
import { writeAtomically } from '../api/atomic-write.ts';
import { autostartEntry } from './autostart-entry.ts';

/** Starts the app in the tray, without its window. */
export const hiddenArgument = '--hidden';

export const isHiddenStart = (): boolean => process.argv.includes(hiddenArgument);

/** Makes the app start, or no longer start, when the person logs in. Rejects with what the file system says. */
export async function setStartAtLogin(isWanted: boolean): Promise<void> {
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: isWanted, args: [hiddenArgument] });
    return;
  }
  const config = process.env['XDG_CONFIG_HOME'];
  const folder = path.join(config === undefined || config === '' ? path.join(homedir(), '.config') : config, 'autostart');
  const file = path.join(folder, 'fineo-uploader.desktop');
  if (!isWanted) {
    await rm(file, { force: true });
    return;
  }
  await mkdir(folder, { recursive: true });
  // An AppImage is mounted anew at each start, elsewhere; its own file stays where it is.
  const program = process.env['APPIMAGE'] ?? process.execPath;
  await writeAtomically(file, autostartEntry(app.name, [program, ...(app.isPackaged ? [] : [app.getAppPath()]), hiddenArgument]), 0o644);
}
