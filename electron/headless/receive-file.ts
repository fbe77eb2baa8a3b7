import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Failure } from '../../shared/contract/common.ts';
import { failure } from '../engine/errors.ts';
import type { Logger } from '../engine/ports.ts';

/** Where files wait that a browser has handed over. */
export const incomingDir = (dataDir: string): string => path.join(dataDir, 'incoming');

export interface Received {
  readonly status: 200 | 499 | 500 | 507;
  readonly body: { readonly path: string } | { readonly failure: Failure };
}

/**
 * Streams the body to `<dataDir>/incoming/<random>/<name>` in constant memory. The file has its name only once it is
 * complete; what was broken off is removed. Never rejects.
 */
export async function receiveFile(request: IncomingMessage, givenName: string, dataDir: string, logger: Logger): Promise<Received> {
  const folder = path.join(incomingDir(dataDir), randomBytes(12).toString('hex'));
  const file = path.join(folder, safeFileName(givenName));
  const partial = path.join(folder, '.part');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await pipeline(request, createWriteStream(partial, { mode: 0o600, flags: 'wx' }));
    await rename(partial, file);
    return { status: 200, body: { path: file } };
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    return refusalFor(error, request, logger);
  }
}

function refusalFor(error: unknown, request: IncomingMessage, logger: Logger): Received {
  // Nobody reads this answer; the status is for the log of whoever looks at the wire.
  if (request.destroyed && !request.complete) return { status: 499, body: { failure: failure('cancelled', 'the file was broken off') } };
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  logger.error('a file of the browser could not be kept', { cause: code });
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? { status: 507, body: { failure: failure('disk-full', 'there is no room for the file') } }
    : { status: 500, body: { failure: failure('internal', 'the file could not be kept') } };
}

/** Bytes of UTF-8; file systems allow 255. */
const maxNameBytes = 200;
/** Control characters, marks that turn the direction of a text, and what Windows forbids. */
const notInNames = /[\p{Cc}\p{Cf}<>:"|?*]/gu;
const reservedOnWindows = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** A name that is one file in its folder on every system, and still the one people know; the end, with the format, is kept. */
export function safeFileName(given: string): string {
  const last = given.split(/[\\/]/).at(-1) ?? '';
  const clean = last
    .normalize('NFC')
    .replace(notInNames, '_')
    .replace(/^[. ]+|[. ]+$/g, '');
  const named = clean === '' ? 'file' : clean;
  const harmless = reservedOnWindows.test(named) ? `_${named}` : named;
  return lastBytes(harmless, maxNameBytes).replace(/^[. ]+/, '');
}

/** The end of a text that fits into so many bytes, cut between characters. */
function lastBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  const isContinuation = (at: number): boolean => ((bytes[at] ?? 0) & 0xc0) === 0x80;
  let from = bytes.length - maxBytes;
  while (isContinuation(from)) from += 1;
  return bytes.toString('utf8', from);
}
