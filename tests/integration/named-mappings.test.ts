import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, startSandbox, workFolder, type RunningSandbox } from './command-line.ts';

const work = workFolder();
let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox(work.at('service'));
});
afterAll(async () => {
  await sandbox.stop();
  work.remove();
});

/** The commands of one data folder. */
const inFolder = (dataDir: string) => {
  const own = ['--data-dir', work.at(dataDir), '--json'];
  const to = ['--root', sandbox.root, '--region', sandbox.region];
  return {
    mapping: (...args: readonly string[]) => runCli(['mapping', ...args, ...own]),
    history: () => runCli(['history', ...own]),
    list: () => runCli(['history', '--data-dir', work.at(dataDir)]),
    upload: (...args: readonly string[]) => runCli(['upload', ...to, ...own, ...args], { env: sandbox.env }),
    watch: (...args: readonly string[]) => runCli(['watch', ...to, ...own, '--once', ...args], { env: sandbox.env }),
  };
};

const mappingFile = (name: string, mapping: object): string =>
  work.write(
    name,
    JSON.stringify({ timestamp: { column: 'timestamp' }, metricType: { kind: 'column', column: 'metrictype' }, ...mapping }),
  );
const file = (result: Awaited<ReturnType<typeof runCli>>) => result.objects().findLast(({ kind }) => kind === 'file');
const events = (table: string, values: readonly (number | string)[], column = 'v'): string =>
  `timestamp,metrictype,${column}\n${values.map((value, row) => `${1_500_000_000_000 + row * 1_000},${table},${value}\n`).join('')}`;

/** A folder of its own with one file. */
function watched(name: string, text: string): { readonly folder: string; readonly file: string } {
  const folder = work.at(`in-${name}`);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'a.csv'), text);
  return { folder, file: path.join(folder, 'a.csv') };
}

/** Rows of a table as they were stored. */
async function stored(table: string): Promise<readonly Record<string, unknown>[]> {
  const answer = await fetch(`${sandbox.root}/sandbox/tables/${table}/rows?limit=500`, {
    headers: { 'x-api-key': sandbox.env.FINEO_API_KEY },
  });
  return ((await answer.json()) as { rows: { fields: Record<string, unknown> }[] }).rows.map(({ fields }) => fields);
}

describe('the check says what becomes of a file whose rows are rejected', () => {
  const checked = async (rejects: object | undefined, ...more: readonly string[]) => {
    const file = work.write('rejected.csv', 'timestamp,metrictype,v\nnever,a,1\n1500000000000,a,2\nnever,a,3\n');
    const args = ['check', file, '--data-dir', work.at('checked'), '--mapping', mappingFile('rejecting.json', { rejects }), ...more];
    const text = await runCli(args);
    const json = await runCli([...args, '--json']);
    expect([text.code, json.code]).toEqual([1, 1]);
    return { text: text.stdout, rejects: json.objects().find(({ kind }) => kind === 'file')?.['rejects'] };
  };

  it.each([
    [undefined, 'the file would be sent without them', 'left-out'],
    [{ policy: 'hold' }, 'would be held: 2 rows rejected, and its mapping holds the file; --accept-rejects', 'held'],
    [{ policy: 'hold', after: 2 }, 'would be held: 2 rows rejected, and its mapping holds the file from 2 on', 'held'],
    [{ policy: 'hold', after: 3 }, 'the file would be sent without them', 'left-out'],
    [{ policy: 'stop' }, 'would be stopped: 2 rows rejected, and its mapping stops at the first', 'stopped'],
  ])('%j', async (rejects, words, outcome) => {
    const found = await checked(rejects);
    expect(found.text).toContain(words);
    expect(found.rejects).toMatchObject({ outcome });
  });

  it('unless they are accepted', async () => {
    expect((await checked({ policy: 'hold' }, '--accept-rejects')).rejects).toMatchObject({ outcome: 'left-out' });
  });
});

describe('mappings under a name', () => {
  it('are saved in versions, and the history tells by which one each file was sent', async () => {
    const { mapping, upload, history, list } = inFolder('versions');
    const first = mappingFile('first.json', { rename: { v: 'speed' } });
    expect((await mapping('save', 'plant', first)).objects()).toMatchObject([
      { kind: 'saved', name: 'plant', version: 1, isNewVersion: true },
    ]);
    expect((await mapping('save', 'PLANT', first)).objects()).toMatchObject([
      { kind: 'saved', name: 'plant', version: 1, isNewVersion: false },
    ]);

    const one = await upload('--mapping', '@plant', work.write('one.csv', events('versions', [1, 2])));
    expect(one.code).toBe(0);
    expect(file(one)).toMatchObject({ state: 'done', mapping: { name: 'plant', version: 1 } });

    expect((await mapping('save', 'plant', mappingFile('second.json', { rename: { v: 'velocity' } }))).objects()).toMatchObject([
      { version: 2, isNewVersion: true },
    ]);
    const two = await upload('--mapping', '@plant', work.write('two.csv', events('versions', [3])));
    expect(file(two)).toMatchObject({ mapping: { name: 'plant', version: 2 } });
    const own = await upload('--mapping', first, work.write('three.csv', events('versions', [4])));
    expect(file(own)?.['mapping']).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{16}$/) as string });
    expect(await sandbox.rowsOf('versions', 4)).toBe(4);

    const told = (await history()).objects().map(({ files }) => (files as { name: string; mapping: object }[])[0]);
    expect(told).toMatchObject([
      { name: 'three.csv', mapping: { digest: expect.any(String) as string } },
      { name: 'two.csv', mapping: { name: 'plant', version: 2 } },
      { name: 'one.csv', mapping: { name: 'plant', version: 1 } },
    ]);
    const [title = '', ...lines] = (await list()).stdout.trimEnd().split('\n');
    const at = title.indexOf('Mapping');
    expect(lines.map((line) => line.slice(at).split(/ {2,}/)[0])).toEqual(['', 'plant v2', 'plant v1']);
    expect((await mapping('list')).objects()).toMatchObject([{ name: 'plant', version: 2, filesSent: 2, folders: [] }]);
    expect((await mapping('show', 'plant', '--version', '1')).objects()).toMatchObject([
      { version: 1, mapping: { rename: { v: 'speed' } }, versions: [{ version: 2 }, { version: 1 }] },
    ]);
  });

  it('go out to a file and come back, and one that was removed is still known to the history', async () => {
    const { mapping, upload, history } = inFolder('exchange');
    await mapping('save', 'plant', mappingFile('exchange.json', { drop: ['w'] }));
    await mapping('export', 'plant', work.at('plant.mapping.json'));
    expect(JSON.parse(readFileSync(work.at('plant.mapping.json'), 'utf8'))).toMatchObject({ name: 'plant', drop: ['w'] });
    const taken = await mapping('import', work.at('plant.mapping.json'));
    expect([taken.code, taken.objects()[0]?.['code']]).toEqual([2, 'mapping-name-taken']);
    expect((await mapping('import', work.at('plant.mapping.json'), '--name', 'copy')).objects()).toMatchObject([
      { name: 'copy', version: 1 },
    ]);
    expect((await mapping('rename', 'copy', 'other')).objects()).toMatchObject([{ name: 'other' }]);

    await upload('--mapping', '@other', work.write('exchange.csv', events('exchange', [1])));
    expect((await mapping('remove', 'other')).code).toBe(0);
    expect((await mapping('list')).objects()).toMatchObject([{ name: 'plant' }]);
    const [transfer] = (await history()).objects();
    expect((transfer?.['files'] as { mapping: object }[])[0]?.mapping).toMatchObject({ name: 'other', version: 1 });
    const unknown = await upload('--mapping', '@other', work.at('exchange.csv'));
    expect([unknown.code, unknown.objects()[0]?.['code']]).toEqual([2, 'mapping-unknown']);
  });

  it.each(['rows', 'files'])(
    'are used by a folder in mode %s: rows that were sent stay sent, new ones take the newest version',
    async (mode) => {
      const { mapping, watch, history } = inFolder(`folder-${mode}`);
      const table = `folder-${mode}`;
      await mapping('save', 'line', mappingFile(`${mode}-1.json`, { rename: { v: 'speed' } }));
      const { file: csv, folder } = watched(table, events(table, [1, 2]));
      const how = ['--mode', mode, '--route', 'batch', '--mapping', '@line', '--settle-ms', '50', folder];
      expect((await watch(...how)).summary()).toMatchObject({ rowsConfirmed: 2 });
      const refused = await mapping('remove', 'line');
      expect([refused.code, refused.objects()[0]]).toMatchObject([
        2,
        { code: 'mapping-in-use', context: { folders: expect.any(String) as string } },
      ]);

      await mapping('save', 'line', mappingFile(`${mode}-2.json`, { rename: { v: 'velocity' } }));
      appendFileSync(csv, `${String(1_500_000_002_000)},${table},3\n`);
      expect((await watch(...how)).code).toBe(0);
      expect(await sandbox.rowsOf(table, 3)).toBe(3);
      expect((await stored(table)).map(({ speed, velocity }) => speed ?? velocity).sort()).toEqual(['1', '2', '3']);
      const used = (await history()).objects().flatMap(({ files }) => (files as { mapping: object }[]).map((one) => one.mapping));
      if (mode === 'rows') expect(used).toMatchObject([{ name: 'line', version: 2, earlier: [{ name: 'line', version: 1, untilRow: 2 }] }]);
      else
        expect(used).toMatchObject([
          { name: 'line', version: 2 },
          { name: 'line', version: 1 },
        ]);
    },
  );
});

describe('what a mapping says of rejected rows', () => {
  const bad = (table: string) => events(table, [1, 'x', 3, 'y', 5]);
  const numbers = { types: { v: 'number' } };
  const balance = (summary: Record<string, unknown>) =>
    Number(summary['rowsRead']) === Number(summary['rowsConfirmed']) + Number(summary['rowsRejected']) + Number(summary['rowsHeld']);

  it.each(['batch', 'stream'])('hold: nothing of the file is sent by the %s route, until somebody lets it go on', async (route) => {
    const { upload } = inFolder(`hold-${route}`);
    const table = `hold-${route}`;
    const args = ['--route', route, '--mapping', mappingFile('hold.json', { ...numbers, rejects: { policy: 'hold' } })];
    const source = work.write(`${table}.csv`, bad(table));
    for (const _ of [1, 2]) {
      const held = await upload(...args, source);
      expect(held.code).toBe(1);
      expect(held.summary()).toMatchObject({ rowsRead: 5, rowsConfirmed: 0, rowsRejected: 0, rowsHeld: 5, requests: 0 });
      expect(file(held)).toMatchObject({ state: 'held', code: 'too-many-rejects', context: { rows: 2, held: 5, line: 3, column: 'v' } });
    }
    const going = await upload(...args, '--accept-rejects', source);
    expect([going.code, going.summary()]).toMatchObject([1, { rowsRead: 5, rowsConfirmed: 3, rowsRejected: 2, rowsHeld: 0 }]);
    expect(await sandbox.rowsOf(table, 3)).toBe(3);
    expect((await upload(...args, source)).summary()).toMatchObject({ requests: 0 });
  });

  it('hold: a file with fewer rejects than allowed is sent without them', async () => {
    const mapping = mappingFile('hold-3.json', { ...numbers, rejects: { policy: 'hold', after: 3 } });
    const result = await inFolder('hold-3').upload('--mapping', mapping, work.write('hold-3.csv', bad('hold3')));
    expect(result.summary()).toMatchObject({ rowsConfirmed: 3, rowsRejected: 2, rowsHeld: 0 });
  });

  it.each([
    ['stream', 1, { rowsConfirmed: 1, rowsRejected: 1, rowsHeld: 3 }],
    ['batch', 2, { rowsConfirmed: 2, rowsRejected: 2, rowsHeld: 1 }],
    ['batch', 3, { rowsConfirmed: 3, rowsRejected: 2, rowsHeld: 0 }],
  ])('stop: by the %s route nothing behind rejected row %i is sent; the ledger has the rest as held', async (route, after, counts) => {
    const { upload } = inFolder(`stop-${route}-${String(after)}`);
    const table = `stop-${route}-${String(after)}`;
    const source = work.write(`${table}.csv`, bad(table));
    const args = [
      '--route',
      route,
      '--mapping',
      mappingFile(`stop-${String(after)}.json`, { ...numbers, rejects: { policy: 'stop', after } }),
    ];
    for (const _ of [1, 2]) {
      const result = await upload(...args, source);
      const summary = result.summary();
      if (counts.rowsHeld === 0) {
        expect(summary).toMatchObject(counts);
        return;
      }
      expect(balance(summary)).toBe(true);
      expect(summary).toMatchObject({ rowsRead: 5, ...counts });
      expect(file(result)).toMatchObject({ state: 'held', code: 'too-many-rejects', context: { rows: after, held: counts.rowsHeld } });
    }
    const going = (await upload(...args, '--accept-rejects', source)).summary();
    expect(going).toMatchObject({ rowsRead: 5, rowsConfirmed: 3, rowsRejected: 2, rowsHeld: 0 });
    expect(await sandbox.rowsOf(table, 3)).toBe(3);
  });

  it('stop: with a corrected mapping the file goes on where it stopped, and what was sent is not sent again', async () => {
    const { upload, mapping } = inFolder('corrected');
    const source = work.write('corrected.csv', bad('corrected'));
    await mapping('save', 'line', mappingFile('corrected-1.json', { ...numbers, rejects: { policy: 'stop' } }));
    expect((await upload('--route', 'stream', '--mapping', '@line', source)).summary()).toMatchObject({
      rowsConfirmed: 1,
      rowsRejected: 1,
      rowsHeld: 3,
    });
    await mapping('save', 'line', mappingFile('corrected-2.json', { rejects: { policy: 'stop' } }));
    const going = await upload('--route', 'stream', '--mapping', '@line', source);
    expect(going.summary()).toMatchObject({ rowsRead: 5, rowsConfirmed: 4, rowsRejected: 1, rowsHeld: 0 });
    expect(file(going)).toMatchObject({ state: 'done', mapping: { version: 2, earlier: [{ version: 1, untilRow: 2 }] } });
    expect(await sandbox.rowsOf('corrected', 4)).toBe(4);
  });

  it.each([
    ['rows', 'hold', { rowsRead: 2, rowsConfirmed: 1, rowsRejected: 1, rowsHeld: 0 }],
    ['rows', 'stop', { rowsRead: 2, rowsConfirmed: 1, rowsRejected: 1, rowsHeld: 0 }],
    ['files', 'hold', { rowsRead: 5, rowsConfirmed: 0, rowsRejected: 0, rowsHeld: 5 }],
    ['files', 'stop', { rowsRead: 5, rowsConfirmed: 1, rowsRejected: 1, rowsHeld: 3 }],
  ])(
    'a folder in mode %s with %s holds the file, also after a new start, until its mapping is another one',
    async (mode, policy, counts) => {
      const table = `watch-${mode}-${policy}`;
      const { watch, mapping } = inFolder(table);
      const { folder } = watched(table, bad(table));
      await mapping('save', 'line', mappingFile('watched-1.json', { ...numbers, rejects: { policy } }));
      const how = ['--mode', mode, '--route', 'batch', '--mapping', '@line', '--settle-ms', '50', folder];
      const held = await watch(...how);
      expect(held.code).toBe(1);
      expect(held.summary()).toMatchObject(counts);
      expect(file(held)).toMatchObject({ state: 'held', code: 'too-many-rejects' });
      const again = await watch(...how);
      expect([again.code, again.summary()['requests']]).toEqual([1, 0]);
      expect(again.objects()).toContainEqual(expect.objectContaining({ kind: 'folder', state: 'attention', code: 'too-many-rejects' }));
      await mapping('save', 'line', mappingFile('watched-2.json', { rejects: { policy } }));
      const going = await watch(...how);
      expect(going.stderr).toBe('');
      expect(await sandbox.rowsOf(table, 5 - counts.rowsRejected)).toBe(5 - counts.rowsRejected);
      expect(file(going)).toMatchObject({ state: 'done' });
    },
  );
});
