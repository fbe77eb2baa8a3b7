import type { Failure } from '../../shared/contract/common.ts';
import { failed, succeeded, type Result } from '../result.ts';

const failure = (code: Failure['code'], message: string, status?: number): Result<string> =>
  failed({ code, message, context: status === undefined ? {} : { status } });

const pathIn = (text: string): string | undefined => {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'path' in body && typeof body.path === 'string' ? body.path : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Hands a file chosen in a browser to the host, which answers with the path it keeps it under.
 * XMLHttpRequest, because fetch does not say how much of a body has gone out.
 */
export const handFileToHost = (
  file: File,
  token: string,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<Result<string>> =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/files?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('x-uploader-token', token);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.addEventListener('progress', (event) => onProgress(event.loaded));
    request.addEventListener('load', () => {
      const path = request.status >= 200 && request.status < 300 ? pathIn(request.responseText) : undefined;
      resolve(path === undefined ? failure('file-unreadable', 'the host did not take the file', request.status) : succeeded(path));
    });
    request.addEventListener('error', () => resolve(failure('engine-unavailable', 'the host could not be reached')));
    request.addEventListener('abort', () => resolve(failure('cancelled', 'the file was taken back')));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
