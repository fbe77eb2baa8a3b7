/**
 * `npm start`: the app, built when it is not or no longer up to date. Where Electron cannot run it says why and
 * serves the same interface to a browser. Arguments go on to the app: `npm start -- file.csv`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { findElectron, missingDisplay, missingSandbox, type ElectronRuntime } from './electron.ts';
import { at, root } from './repository.ts';

const sources = [
  'electron/**/*.ts',
  'shared/**/*.ts',
  'renderer/*.*',
  'renderer/[a-z]*/**/*.*',
  'build/{bundle,samples}.ts',
  'build/samples/*',
];
const builtAt = at('dist/package.json');

function isUpToDate(): boolean {
  if (!existsSync(builtAt)) return false;
  const { mtimeMs } = statSync(builtAt);
  const files = globSync([...sources, 'package-lock.json'], { cwd: root, exclude: (name) => name.includes('node_modules') });
  return files.every((file) => statSync(at(file)).mtimeMs <= mtimeMs);
}

function build(): void {
  if (isUpToDate()) return;
  console.log('Building the app …');
  const { status } = spawnSync(process.execPath, [at('build/bundle.ts')], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function desktop(): ElectronRuntime {
  const noDisplay = missingDisplay();
  if (noDisplay !== undefined) return { kind: 'unavailable', reason: noDisplay };
  const electron = findElectron();
  const noSandbox = electron.kind === 'found' ? missingSandbox(electron.path) : undefined;
  return noSandbox === undefined ? electron : { kind: 'unavailable', reason: noSandbox };
}

/** Runs the app in the foreground: signals and the exit code are passed on. */
function run(command: string, args: readonly string[]): void {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both; a second one ends an app that does not.
      if (interrupted) child.kill('SIGKILL');
      else if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
      interrupted = true;
    });
  }
  child.on('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? (signal === 'SIGINT' || interrupted ? 130 : 1));
  });
}

build();
const electron = desktop();
const args = process.argv.slice(2);
if (electron.kind === 'found') {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  if (asRoot) console.log('Note: you are root, so Chromium runs without its sandbox (--no-sandbox). Better start it as an ordinary user.');
  run(electron.path, [...(asRoot ? ['--no-sandbox'] : []), root, ...args]);
} else {
  console.log(`The desktop window cannot be opened: ${electron.reason}.`);
  console.log('The same interface follows in a browser.');
  run(process.execPath, [at('dist/cli.js'), 'serve', ...args]);
}
