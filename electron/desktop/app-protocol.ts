import { protocol } from 'electron';
import type { RendererFiles } from '../api/renderer-files.ts';
import type { Logger } from '../engine/ports.ts';
import { answerPageRequest } from './page-files.ts';
import { appScheme } from './own-page.ts';

/** To be called before Electron is ready: makes `app:` a scheme with an origin, for which a policy holds. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves `app://uploader/…`; anything else below `app:` does not exist. */
export function serveAppProtocol(files: RendererFiles, logger: Logger): void {
  protocol.handle(appScheme, (request) => answerPageRequest(files, logger, request));
}
