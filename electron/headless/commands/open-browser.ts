import { spawn } from 'node:child_process';

/** The program that opens an address with what the person has chosen for it; undefined where nothing could be seen. */
export function browserCommand(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): { readonly command: string; readonly args: readonly string[] } | undefined {
  switch (platform) {
    case 'darwin':
      return { command: 'open', args: [] };
    case 'win32':
      // `start` of cmd would take & in an address for the end of a command.
      return { command: 'rundll32', args: ['url.dll,FileProtocolHandler'] };
    default:
      return (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '' ? { command: 'xdg-open', args: [] } : undefined;
  }
}

/** Opens the address and does not wait. True when a program was started; what it does is its own matter. */
export function openBrowser(url: string, platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const program = browserCommand(platform, env);
  if (!program) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(program.command, [...program.args, url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
