import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** What is answered for a file of the page. */
export interface PageAnswer {
  readonly status: 200 | 404 | 405;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for HEAD. */
  readonly body: Uint8Array;
}

/** Serves `dist/renderer` the same in every host, with the headers that keep the page closed. */
export interface RendererFiles {
  /** `pathname` is that of a URL, percent-encoded as it came. */
  answer(method: string, pathname: string): Promise<PageAnswer>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * The page's policy: its own files and nothing else, no inline code, no frames. `connectSources` names where it may
 * connect to besides its own origin.
 */
export const contentSecurityPolicy = (connectSources: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    ['connect-src', "'self'", ...connectSources].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');

/** Headers of every answer, also of refusals. */
export const closedHeaders = (connectSources: readonly string[]): Readonly<Record<string, string>> => ({
  'content-security-policy': contentSecurityPolicy(connectSources),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()',
  'cache-control': 'no-cache',
});

/**
 * Lists the folder once; a request can only name what is in the list, so no path leads out of it.
 * Rejects when the folder cannot be read: then the app has not been built.
 */
export async function openRendererFiles(rendererDir: string, connectSources: readonly string[] = []): Promise<RendererFiles> {
  const files = new Map((await listFiles(rendererDir, '')).map((name) => [`/${name}`, path.join(rendererDir, ...name.split('/'))]));
  const headers = closedHeaders(connectSources);
  const plain = (status: 404 | 405, text: string): PageAnswer => ({
    status,
    headers: { ...headers, 'content-type': 'text/plain; charset=utf-8', ...(status === 405 ? { allow: 'GET, HEAD' } : {}) },
    body: Buffer.from(text),
  });
  return {
    answer: async (method, pathname) => {
      if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET and HEAD are answered here');
      const name = decoded(pathname);
      const file = files.get(name === '/' ? '/index.html' : (name ?? ''));
      const type = file === undefined ? undefined : contentTypes[path.extname(file).toLowerCase()];
      if (file === undefined || type === undefined) return plain(404, 'there is no such file');
      const body = await readFile(file);
      return { status: 200, headers: { ...headers, 'content-type': type }, body: method === 'HEAD' ? new Uint8Array() : body };
    },
  };
}

async function listFiles(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const lists = entries.map(async (entry) => {
    const name = prefix + entry.name;
    if (entry.isDirectory()) return listFiles(path.join(folder, entry.name), `${name}/`);
    // Links are left out: they could lead anywhere.
    return entry.isFile() ? [name] : [];
  });
  return (await Promise.all(lists)).flat();
}

function decoded(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}
