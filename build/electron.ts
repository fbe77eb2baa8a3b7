/** Whether the desktop app can run here, and with which Electron. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export type ElectronRuntime =
  | { readonly kind: 'found'; readonly path: string }
  /** `reason`: one sentence without a full stop. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/**
 * The Electron of the npm package `electron`, which downloads it the first time it is asked for;
 * `ELECTRON_OVERRIDE_DIST_PATH` names a folder to take it from instead.
 */
export function findElectron(): ElectronRuntime {
  let file: string;
  try {
    file = createRequire(import.meta.url)('electron') as string;
  } catch {
    // The package has already printed what went wrong with its download.
    return { kind: 'unavailable', reason: 'Electron is not installed and could not be downloaded' };
  }
  if (!existsSync(file)) return { kind: 'unavailable', reason: `Electron is not at ${file}` };
  try {
    // Runs as plain Node: needs no display, but every library that Electron is linked with.
    execFileSync(file, ['--version'], { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, stdio: 'pipe', timeout: 30_000 });
  } catch (error) {
    const { stderr: written } = error as { readonly stderr?: Buffer };
    const stderr = (written?.toString('utf8') ?? '').trim();
    const library = /error while loading shared libraries: ([^:]+)/.exec(stderr)?.[1];
    const why = library === undefined ? (stderr.split('\n').at(-1) ?? '') : `the library ${library} is missing, build/setup.sh installs it`;
    return { kind: 'unavailable', reason: `Electron does not start: ${why}` };
  }
  return { kind: 'found', path: file };
}

/** Why no window can be shown here, if none can. */
export function missingDisplay(): string | undefined {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const has = process.platform !== 'linux' || (DISPLAY ?? '') !== '' || (WAYLAND_DISPLAY ?? '') !== '';
  return has ? undefined : 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)';
}

const settingOf = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');

/**
 * What Chromium's sandbox lacks here, if anything. On Linux it needs user namespaces, or its helper program
 * owned by root; without either Electron ends at once.
 */
export function missingSandbox(electronPath: string): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return undefined;
  const restricted =
    settingOf('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1' ||
    settingOf('/proc/sys/kernel/unprivileged_userns_clone') === '0' ||
    settingOf('/proc/sys/user/max_user_namespaces') === '0';
  if (!restricted) return undefined;
  const helper = path.join(path.dirname(electronPath), 'chrome-sandbox');
  const status = existsSync(helper) ? statSync(helper) : undefined;
  if (status?.uid === 0 && (status.mode & 0o4000) !== 0) return undefined;
  return (
    'this system does not let Electron isolate its windows; once and for all: ' +
    `sudo chown root:root "${helper}" && sudo chmod 4755 "${helper}"`
  );
}
