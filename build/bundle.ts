/**
 * `npm run build`: puts the runnable app into dist/.
 * `--only=<name>[,<name>…]` makes only these: main preload engine-process reader-worker folder-worker tail-worker timestamp-rules
 * sandbox-worker cli renderer samples
 */
import { build as bundleWithEsbuild, type Plugin } from 'esbuild';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build as buildPage, type Plugin as PagePlugin } from 'vite';
import { at } from './repository.ts';
import { writeSamples } from './samples.ts';
import { writeLicences } from './third-party-licences.ts';

/** Name in dist/ → source. Each runs in a process or thread of its own, or is loaded only where it is needed. */
const entries: Readonly<Record<string, string>> = {
  main: 'electron/main.ts',
  preload: 'electron/preload.ts',
  'engine-process': 'electron/desktop/engine-process.ts',
  'reader-worker': 'electron/engine/reader-worker.ts',
  'folder-worker': 'electron/engine/folder-worker.ts',
  'tail-worker': 'electron/engine/tail-worker.ts',
  'timestamp-rules': 'electron/engine/shape/timestamp-rules.ts',
  'sandbox-worker': 'electron/sandbox/sandbox-worker.ts',
  cli: 'electron/headless/cli.ts',
};

/** Native modules and what the runtime provides; the last two are optional speed-ups of `ws` that are not installed. */
const external = ['electron', '@photostructure/sqlite', 'bufferutil', 'utf-8-validate'];

/** Packages whose entry brings in all they have, and the part of it that is used: what is loaded stays in memory. */
const leanEntries: Plugin = {
  name: 'lean-entries',
  setup(build) {
    // Messages in every language; ours are written by the page and the command line.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
    // fetch, caches, mocks and web sockets.
    build.onLoad({ filter: /[\\/]undici[\\/]index\.js$/ }, () => ({ contents: "exports.Pool = require('./lib/dispatcher/pool.js');" }));
  },
};

/** What is left of other characters stands in comments within expressions, which esbuild keeps. */
const keepAscii = (file: string): void => {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/[\u0080-\uffff]/g, '?'));
};

/** Returns the files that went into the bundle. */
async function bundleEntry(name: string): Promise<readonly string[]> {
  const isPreload = name === 'preload';
  const { metafile } = await bundleWithEsbuild({
    absWorkingDir: at(),
    entryPoints: { [name]: entries[name] ?? name },
    outdir: 'dist',
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.18',
    external,
    // V8 keeps the source of what it runs: as ASCII a character takes one byte instead of two.
    charset: 'ascii',
    minifySyntax: true,
    // The locale data in there is as large as everything else together.
    minifyWhitespace: name === 'sandbox-worker',
    sourcemap: 'external',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"', ...(isPreload ? {} : { 'import.meta.url': 'importMetaUrl' }) },
    // A sandboxed preload script may not use Node's modules.
    inject: isPreload ? [] : [at('build/import-meta-url.ts')],
    plugins: [leanEntries],
  });
  keepAscii(at('dist', `${name}.js`));
  return Object.keys(metafile.inputs);
}

/** Returns the files that went into the page. */
async function bundlePage(): Promise<readonly string[]> {
  const used: string[] = [];
  const collect: PagePlugin = {
    name: 'collect-modules',
    generateBundle() {
      used.push(...[...this.getModuleIds()].filter((id) => path.isAbsolute(id)).map((id) => path.relative(at(), id)));
    },
  };
  await buildPage({
    root: at('renderer'),
    configFile: at('renderer/vite.config.ts'),
    mode: 'production',
    logLevel: 'warn',
    plugins: [collect],
    build: { outDir: at('dist/renderer'), emptyOutDir: true },
  });
  return used;
}

/** What an earlier version of the app left in dist/. */
function removeLeftovers(): void {
  const made = new Set(['renderer', 'samples', 'icons', 'package.json', 'third-party-licences.txt']);
  for (const name of Object.keys(entries)) made.add(`${name}.js`).add(`${name}.js.map`);
  for (const file of readdirSync(at('dist'))) if (!made.has(file)) rmSync(at('dist', file), { recursive: true });
}

const argument = process.argv.find((text) => text.startsWith('--only='));
const only = argument?.slice('--only='.length).split(',');
const known = [...Object.keys(entries), 'renderer', 'samples'];
const unknown = (only ?? []).filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: not one of ${known.join(' ')}`);
  process.exit(2);
}
const wanted = (name: string): boolean => only === undefined || only.includes(name);

const missing = Object.entries(entries).flatMap(([name, file]) => (wanted(name) && !existsSync(at(file)) ? [file] : []));
if (missing.length > 0) {
  console.error(`there is no ${missing.join(', no ')}`);
  process.exit(1);
}

const startedAt = performance.now();
mkdirSync(at('dist'), { recursive: true });
const bundled = await Promise.all(Object.keys(entries).filter(wanted).map(bundleEntry));
const inputs = [...bundled.flat(), ...(wanted('renderer') ? await bundlePage() : [])];
if (wanted('main')) cpSync(at('build/icons/tray'), at('dist/icons'), { recursive: true });
if (wanted('samples')) writeSamples(at('dist/samples'));
if (only === undefined) {
  writeLicences(inputs, at('dist/third-party-licences.txt'));
  removeLeftovers();
}
// Written last: its time says when dist/ was complete.
writeFileSync(at('dist/package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);

const version = (JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string }).version;
const sizes = Object.keys(entries)
  .filter(wanted)
  .map((name) => `${name}.js ${(statSync(at('dist', `${name}.js`)).size / 1024).toFixed(0)} KB`);
console.log(
  `dist/ of version ${version} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s${sizes.map((size) => `\n  ${size}`).join('')}`,
);
