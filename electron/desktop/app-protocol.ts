import { protocol } from 'electron';
import { closedHeaders, type RendererFiles } from '../api/renderer-files.ts';
import type { Logger } from '../engine/ports.ts';
import { appScheme, isOwnPage } from './own-page.ts';

/** To be called before Electron is ready: makes `app:` a scheme with an origin, for which a policy holds. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves `app://uploader/…`; anything else below `app:` does not exist. */
export function serveAppProtocol(files: RendererFiles, logger: Logger): void {
  protocol.handle(appScheme, (request) => answerAppRequest(files, logger, request));
}

/** The answer for one request; never throws. */
export async function answerAppRequest(
  files: RendererFiles,
  logger: Logger,
  request: { readonly method: string; readonly url: string },
): Promise<Response> {
  if (!isOwnPage(request.url)) return new Response('there is no such address', { status: 404, headers: closedHeaders([]) });
  try {
    const { status, headers, body } = await files.answer(request.method, new URL(request.url).pathname);
    return new Response(new Uint8Array(body), { status, headers });
  } catch (error) {
    logger.error('a file of the page cannot be read', { reason: error instanceof Error ? error.message : String(error) });
    return new Response('the file cannot be read', { status: 500, headers: closedHeaders([]) });
  }
}
