import { closedHeaders, type RendererFiles } from '../api/renderer-files.ts';
import type { Logger } from '../engine/ports.ts';
import { isOwnPage } from './own-page.ts';

/** The answer for one request of `app:`; never throws. */
export async function answerPageRequest(
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
