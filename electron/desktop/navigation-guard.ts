import { app, shell, type Session, type WebContents } from 'electron';
import type { Logger } from '../engine/ports.ts';
import { isDocumentation } from './documentation-links.ts';
import { isOwnPage } from './own-page.ts';

/** The one thing that the page may do to the system: writing text to the clipboard, to copy the details of an error. */
const allowedPermissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/** Every page stays where it is: no navigation, no other window, no webview, no permission. To be called before a window is made. */
export function guardNavigation(logger: Logger): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, logger));
}

function guardContents(contents: WebContents, logger: Logger): void {
  const leave = (event: { preventDefault(): void; readonly url: string }): void => {
    // The page may load itself again.
    if (isSameDocument(event.url, contents.getURL())) return;
    event.preventDefault();
    openOutside(event.url, logger);
  };
  contents.on('will-navigate', leave);
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url, logger);
    return { action: 'deny' };
  });
  denyPermissions(contents.session);
}

function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, callback) => {
    callback(allowedPermissions.has(permission) && isOwnPage(contents.getURL()));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => allowedPermissions.has(permission) && isOwnPage(origin));
  session.setDevicePermissionHandler(() => false);
}

function openOutside(url: string, logger: Logger): void {
  if (!isDocumentation(url)) {
    logger.warn('the page tried to go elsewhere', { to: URL.canParse(url) ? new URL(url).origin : 'no address' });
    return;
  }
  shell.openExternal(url).catch((error: unknown) => {
    logger.warn('the browser could not be opened', { reason: error instanceof Error ? error.message : String(error) });
  });
}

const isSameDocument = (url: string, current: string): boolean => isOwnPage(url) && url.split('#')[0] === current.split('#')[0];
