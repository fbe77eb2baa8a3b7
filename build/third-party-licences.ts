/** Collects the licences of the packages that went into the bundles: their terms ask for them to travel along. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { at } from './repository.ts';

const packageFolder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** `inputs`: files relative to the checkout. The runtime dependency is counted in, Electron brings its own list. */
export function writeLicences(inputs: readonly string[], file: string): void {
  const folders = new Set(['node_modules/@photostructure/sqlite']);
  for (const input of inputs) {
    const folder = packageFolder.exec(input.replaceAll('\\', '/'))?.[1];
    if (folder !== undefined && existsSync(at(folder, 'package.json'))) folders.add(folder);
  }
  const texts = [...folders].map(licenceOf);
  writeFileSync(file, [...new Set(texts)].sort().join(`\n${'-'.repeat(80)}\n\n`));
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(at(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const file = readdirSync(at(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? `Licence: ${String(license)}` : readFileSync(at(folder, file), 'utf8').trim();
  return `${String(name)} ${String(version)} (${String(license)})\n\n${text}\n`;
}
