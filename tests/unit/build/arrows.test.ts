import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cruiseSources, ruleNames } from '../../../build/cruise.ts';

/** For each rule: files of a small checkout in which it, and only what belongs to it, is broken. */
const broken: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'shared-knows-nobody': { 'shared/a.ts': "import '../electron/engine/model.ts';", 'electron/engine/model.ts': '' },
  'shared-without-node': { 'shared/a.ts': "import 'node:fs';" },
  'renderer-knows-shared-only': {
    'renderer/bridge.ts': "import type { Row } from '../electron/engine/model.ts';\nexport const row: Row = 1;",
    'electron/engine/model.ts': 'export type Row = number;',
  },
  'renderer-without-node': {
    'renderer/App.vue': '<script setup lang="ts">\nimport fs from \'node:fs\';\nfs.statSync("a");\n</script>\n<template><p /></template>\n',
  },
  'components-take-props': { 'renderer/components/bar.ts': "import '../stores/transfers.ts';", 'renderer/stores/transfers.ts': '' },
  'engine-is-plain-node': {
    'electron/engine/pipeline.ts': "import './record/journal.ts';",
    'electron/engine/record/journal.ts': "import '../../../shared/a.ts';\nimport '../../desktop/window.ts';",
    'electron/desktop/window.ts': '',
    'shared/a.ts': '',
  },
  'stages-do-not-know-each-other': {
    'electron/engine/read/csv.ts': "import '../send/classify.ts';",
    'electron/engine/send/classify.ts': '',
  },
  'sandbox-stands-alone': { 'electron/sandbox/verify.ts': "import '../engine/sign/sign.ts';", 'electron/engine/sign/sign.ts': '' },
  'api-knows-no-host': { 'electron/api/host.ts': "import '../headless/cli.ts';", 'electron/headless/cli.ts': '' },
  'headless-without-electron': {
    'electron/headless/cli.ts': "import '../api/ports.ts';",
    'electron/api/ports.ts': "import { ipcMain } from 'electron';\nipcMain.removeAllListeners();",
  },
  'desktop-knows-no-command-line': { 'electron/desktop/window.ts': "import '../headless/cli.ts';", 'electron/headless/cli.ts': '' },
  'main-has-no-logic': { 'electron/main.ts': "import './engine/index.ts';", 'electron/engine/index.ts': '' },
  'preload-is-a-bridge': { 'electron/preload.ts': "import './desktop/window.ts';", 'electron/desktop/window.ts': '' },
  'product-knows-no-tooling': { 'electron/headless/cli.ts': "import '../../build/bundle.ts';", 'build/bundle.ts': '' },
  'no-circle': {
    'shared/a.ts': "import { b } from './b.ts';\nexport const a = () => b;",
    'shared/b.ts': "import { a } from './a.ts';\nexport const b = () => a;",
  },
  'every-import-is-found': { 'shared/a.ts': "import './gone.ts';" },
};

const checkouts: string[] = [];
afterEach(() => {
  for (const folder of checkouts.splice(0)) rmSync(folder, { recursive: true });
});

function checkout(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'arrows-'));
  checkouts.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const cruiseFiles = (files: Readonly<Record<string, string>>) =>
  cruiseSources(checkout(files), [...new Set(Object.keys(files).map((name) => name.split('/')[0] ?? ''))]);

describe('the arrows', () => {
  it('has a broken example for every rule', () => {
    expect(Object.keys(broken).sort()).toEqual([...ruleNames].sort());
  });

  it.each(Object.entries(broken))('%s catches what it forbids', async (rule, files) => {
    const { violations } = await cruiseFiles(files);
    expect(violations.map((violation) => violation.rule)).toContain(rule);
  });

  it('lets a checkout that keeps to the arrows pass', async () => {
    const { modules, violations } = await cruiseFiles({
      'shared/contract.ts': 'export type A = 1;',
      'electron/engine/model.ts': "export type { A } from '../../shared/contract.ts';",
      'electron/engine/read/csv.ts': "import type { A } from '../model.ts';\nimport { b } from './positions.ts';\nexport const a: A = b;",
      'electron/engine/read/positions.ts': "import 'node:fs';\nexport const b = 1;",
      'electron/engine/pipeline.ts': "export { a } from './read/csv.ts';",
      'electron/headless/cli.ts': "import '../engine/pipeline.ts';\nimport '../sandbox/server.ts';",
      'electron/sandbox/server.ts': "import type { A } from '../../shared/contract.ts';\nexport const a: A = 1;",
      'renderer/bridge.ts': "import type { A } from '../shared/contract.ts';\nexport const a: A = 1;",
    });
    expect(violations).toEqual([]);
    expect(modules).toBe(8);
  });

  it('counts nothing where there is nothing', async () => {
    const { modules } = await cruiseFiles({ 'shared/readme.md': '' });
    expect(modules).toBe(0);
  });
});
