/** The S3 route from the command line, against a real S3 server and the sandbox that reads from it. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingS3Server, type S3Server } from '../../build/s3-server.ts';
import { bucketReader, fileDigest } from '../fakes/bucket-reader.ts';
import { runCli, type EndedProcess } from '../fakes/cli-process.ts';
import { expectedRows, inOrder, rowsStoredAt } from '../fakes/desktop-sandbox.ts';
import { csvText, type RunningSandbox } from './command-line.ts';
import { s3Place } from './s3-place.ts';

const bucket = 'rows-of-tests';
const missing = missingS3Server();

describe.skipIf(missing !== undefined)(`the S3 route${missing === undefined ? '' : ` (${missing})`}`, () => {
  const place = s3Place(bucket);
  const { folder, upload, historyOf, keysOf } = place;
  let server: S3Server;
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    ({ server, sandbox } = await place.start());
  }, 240_000);
  afterAll(() => place.stop(), 60_000);

  it('takes a file as it is through the bucket into the tables, and accounts for every row', async () => {
    mkdirSync(folder.at('zähler 日本'));
    const file = folder.write('zähler 日本/log +1 (a).csv', csvText(3_000));
    const result = await upload([file], ['--prefix', 'pré/fix']);
    expect(result.code, result.stderr).toBe(0);
    expect(result.summary).toMatchObject({ rowsRead: 3_000, rowsConfirmed: 3_000, rowsRejected: 0, rowsHeld: 0 });
    expect(await sandbox.rowsOf('machines', 3_000)).toBe(3_000);
    const reader = bucketReader(server, bucket);
    const [key = '', ...others] = await reader.keys('pré/fix');
    expect(others).toEqual([]);
    expect(key).toMatch(/^pré\/fix\/zähler 日本\/log \+1 \(a\)-[0-9a-f]{12}\.csv\.gz$/);
    expect(await reader.digest(key)).toBe(await fileDigest(file));
  });

  it('sends a file that is confirmed and unchanged not again, and one that has grown whole in its own place', async () => {
    const file = folder.write('grown.csv', csvText(500).replaceAll('machines', 'grown'));
    expect((await upload([file], ['--prefix', 'grown'])).code).toBe(0);
    const again = await upload([file], ['--prefix', 'grown']);
    expect(again.summary).toMatchObject({ rowsRead: 0, requests: 0 });
    writeFileSync(file, csvText(800).replaceAll('machines', 'grown'));
    const grown = await upload([file], ['--prefix', 'grown']);
    expect(grown.summary).toMatchObject({ rowsRead: 800, rowsConfirmed: 800 });
    expect(await sandbox.rowsOf('grown', 800)).toBe(800);
    expect(await bucketReader(server, bucket).keys('grown')).toHaveLength(1);
  });

  it('sends the good rows as JSON lines where some are rejected, and keeps those for mending', async () => {
    const rows = csvText(400).replaceAll('machines', 'mixed').split('\n');
    rows[17] = 'never,mixed,m1,20';
    rows[333] = 'never either,mixed,m1,20';
    const file = folder.write('mixed.csv', rows.join('\n'));
    const result = await upload([file], ['--prefix', 'mixed']);
    expect(result.code, result.stderr).toBe(1);
    expect(result.summary).toMatchObject({ rowsRead: 400, rowsConfirmed: 398, rowsRejected: 2, rowsHeld: 0 });
    expect(await sandbox.rowsOf('mixed', 398)).toBe(398);
    const reader = bucketReader(server, bucket);
    const [key = '', ...others] = await reader.keys('mixed');
    expect(others).toEqual([]);
    expect(key).toMatch(/\.json\.gz$/);
    const lines = (await reader.text(key)).trimEnd().split('\n');
    expect(lines).toHaveLength(398);
    expect(JSON.parse(lines[0] ?? '')).toEqual({ timestamp: 1_500_000_000_000, metrictype: 'mixed', machine: 'm0', temperature: 0 });
  });

  it.each(['hold', 'stop'] as const)(
    'puts nothing into the bucket of a file that its mapping holds (%s), until somebody lets it go on',
    async (policy) => {
      const rows = csvText(50).replaceAll('machines', `held-${policy}`).split('\n');
      rows[17] = `never,held-${policy},m1,20`;
      const file = folder.write(`held-${policy}.csv`, rows.join('\n'));
      const mapping = folder.write('held.mapping.json', JSON.stringify({ rejects: { policy } }));
      const args = ['--prefix', `held-${policy}`, '--mapping', mapping];
      const held = await upload([file], args);
      expect([held.code, held.summary]).toMatchObject([1, { rowsRead: 50, rowsConfirmed: 0, rowsRejected: 0, rowsHeld: 50, requests: 0 }]);
      expect(await bucketReader(server, bucket).keys(`held-${policy}`)).toEqual([]);
      const going = await upload([file], [...args, '--accept-rejects']);
      expect([going.code, going.summary]).toMatchObject([1, { rowsRead: 50, rowsConfirmed: 49, rowsRejected: 1, rowsHeld: 0 }]);
      expect(await bucketReader(server, bucket).keys(`held-${policy}`)).toHaveLength(1);
    },
  );

  it('shapes rows whose names and times are not those of the service', async () => {
    const file = folder.write('weather.csv', 'date;temp\n2020-01-01;1.50\n2020-01-02;-3\n');
    folder.write(
      'weather.mapping.json',
      JSON.stringify({
        metricType: { kind: 'constant', value: 'shaped' },
        timestamp: { column: 'date', patterns: ['uuuu-MM-dd'] },
        rename: { temp: 'temperature' },
      }),
    );
    const result = await upload([file], ['--prefix', 'shaped', '--mapping', folder.at('weather.mapping.json'), '--gzip-level', '0']);
    expect(result.code, result.stderr).toBe(0);
    const reader = bucketReader(server, bucket);
    const [key = ''] = await reader.keys('shaped');
    expect(key).toMatch(/\.json$/);
    const text = await reader.text(key);
    expect(text).toContain('"temperature":1.50');
    expect(text.trimEnd().split('\n')).toHaveLength(2);
  });

  it('passes a gzipped file on as it is', async () => {
    const text = csvText(300).replaceAll('machines', 'zipped');
    writeFileSync(folder.at('zipped.csv.gz'), gzipSync(text));
    const result = await upload([folder.at('zipped.csv.gz')], ['--prefix', 'zipped']);
    expect(result.summary, result.stderr).toMatchObject({ rowsRead: 300, rowsConfirmed: 300 });
    const reader = bucketReader(server, bucket);
    const [key = ''] = await reader.keys('zipped');
    expect(key).toMatch(/zipped-[0-9a-f]{12}\.csv\.gz$/);
    expect(await reader.text(key)).toBe(text);
    expect(await sandbox.rowsOf('zipped', 300)).toBe(300);
  });

  it('ends with the object in the bucket when nobody is to be told, whatever its columns are', async () => {
    const file = folder.write('plain.csv', 'a,b\n1,2\n3,4\n');
    const args = ['--route', 's3', '--bucket', bucket, '--s3-endpoint', server.endpoint, '--prefix', 'plain', '--no-reference'];
    const result = await runCli(['upload', file, '--json', '--data-dir', folder.at('plain-data'), ...args], {
      env: { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey },
    });
    expect(result.code, result.stderr).toBe(0);
    expect(result.summary).toMatchObject({ rowsRead: 2, rowsConfirmed: 2, requests: 1 });
    const reader = bucketReader(server, bucket);
    const [key = ''] = await reader.keys('plain');
    expect(await reader.text(key)).toBe('a,b\n1,2\n3,4\n');
  });

  it('takes the whole files of a watched folder, and puts them away once the service has received them', async () => {
    mkdirSync(folder.at('incoming'));
    const texts = { a: csvText(700).replaceAll('machines', 'watched-a'), b: csvText(700, 3_000).replaceAll('machines', 'watched-b') };
    for (const [name, text] of Object.entries(texts)) folder.write(`incoming/${name}.csv`, text);
    const args = [
      ...['watch', folder.at('incoming'), '--root', sandbox.root, '--mode', 'files', '--route', 's3', '--once', '--json'],
      ...['--bucket', bucket, '--prefix', 'watched', '--s3-endpoint', server.endpoint, '--after', 'move:../sent', '--settle-ms', '100'],
      ...['--data-dir', folder.at('watch-data')],
    ];
    const result = await runCli(args, { env: { ...sandbox.env, ...keysOf(server) } });
    expect(result.code, result.stderr + result.stdout).toBe(0);
    expect(result.summary).toMatchObject({ rowsRead: 1_400, rowsConfirmed: 1_400, rowsHeld: 0 });
    for (const [name, text] of Object.entries(texts)) {
      expect(await sandbox.rowsOf(`watched-${name}`, 700)).toBe(700);
      const stored = await rowsStoredAt(sandbox.root, sandbox.env.FINEO_API_KEY, `watched-${name}`);
      expect(inOrder(stored)).toEqual(inOrder(expectedRows(text)));
      expect(existsSync(folder.at(`sent/${name}.csv`))).toBe(true);
    }
    expect(await bucketReader(server, bucket).keys('watched')).toHaveLength(2);
    const followed = await runCli([...args, '--mode', 'rows', '--after', 'keep'], { env: { ...sandbox.env, ...keysOf(server) } });
    expect(followed.code).toBe(2);
    expect(followed.stderr).toContain('--route s3 goes with --mode files');
  });

  it('says which permission a bucket lacks before anything is sent, and leaves nothing there', async () => {
    const test = (env: Readonly<Record<string, string>>, more: readonly string[] = []): Promise<EndedProcess> =>
      runCli(
        [
          ...['connections', 'test-bucket', '--json', '--bucket', bucket, '--prefix', 'tested', '--s3-endpoint', server.endpoint, ...more],
          ...['--data-dir', folder.at('test-data')],
        ],
        { env },
      );
    const awsKeys = ({ accessKeyId, secretAccessKey }: { readonly accessKeyId: string; readonly secretAccessKey: string }) => ({
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    });
    const outcomes = ({ lines }: EndedProcess) => lines.map(({ part, outcome, detail }) => [part, outcome, detail]);
    const all = await test(awsKeys(server));
    expect(all.code, all.stderr + all.stdout).toBe(0);
    expect(outcomes(all).map(([, outcome]) => outcome)).toEqual(['passed', 'passed', 'passed', 'passed']);
    expect(await bucketReader(server, bucket).keys('tested')).toEqual([]);
    const readOnly = await test(awsKeys(server.readOnly));
    expect(readOnly.code).toBe(3);
    expect(outcomes(readOnly).slice(0, 2)).toEqual([
      ['bucketList', 'failed', 'missing: s3:ListBucket'],
      ['bucketPut', 'failed', 'missing: s3:PutObject'],
    ]);
    const wrong = await test(awsKeys({ ...server, secretAccessKey: 'not-the-secret' }));
    expect(JSON.stringify(wrong.lines[0])).toContain('credentials-refused');
    const none = await test(awsKeys(server), ['--bucket', 'no-such-bucket-here']);
    expect(JSON.stringify(none.lines[0])).toContain('bucket-missing');
  });

  it('takes the bucket of a saved connection', async () => {
    const args = ['--data-dir', folder.at('saved-data'), '--json'];
    const env = { ...sandbox.env, ...keysOf(server) };
    const bucketArgs = ['--bucket', bucket, '--prefix', 'saved', '--s3-endpoint', server.endpoint];
    const added = await runCli(['connections', 'add', 'plant', '--root', sandbox.root, ...bucketArgs, ...args], { env });
    expect(added.code, added.stderr).toBe(0);
    const tested = await runCli(['connections', 'test', 'plant', ...args], { env: {} });
    expect(tested.code, tested.stdout).toBe(0);
    expect(tested.lines.map(({ part }) => part)).toContain('bucketMultipart');
    const file = folder.write('saved.csv', csvText(40).replaceAll('machines', 'saved'));
    const result = await runCli(['upload', file, '--to', 'plant', '--route', 's3', ...args], { env: {} });
    expect(result.summary, result.stderr).toMatchObject({ rowsConfirmed: 40 });
    expect(await bucketReader(server, bucket).keys('saved')).toHaveLength(1);
  });

  it('holds the file and says why: no such bucket, keys that may not write, a wrong secret', async () => {
    const file = folder.write('held.csv', csvText(10).replaceAll('machines', 'held'));
    const codesOf = ({ lines }: EndedProcess): readonly unknown[] =>
      lines.filter(({ kind, state }) => kind === 'file' && state === 'held').map(({ code, failure }) => code ?? failure);
    const noBucket = await upload([file], ['--bucket', 'no-such-bucket-here']);
    expect(noBucket.code).toBe(3);
    expect(JSON.stringify(codesOf(noBucket))).toContain('bucket-missing');
    const readOnly = await upload([file], ['--prefix', 'held'], keysOf(server.readOnly));
    expect(readOnly.code).toBe(3);
    expect(JSON.stringify(codesOf(readOnly))).toContain('bucket-forbidden');
    const wrong = await upload([file], ['--prefix', 'held'], keysOf({ ...server, secretAccessKey: 'not-the-secret' }));
    expect(wrong.code).toBe(3);
    expect(JSON.stringify(codesOf(wrong))).toContain('credentials-refused');
    expect(wrong.summary).toMatchObject({ rowsHeld: 10, rowsConfirmed: 0 });
    const held = await historyOf('held');
    expect(held).toMatchObject({ state: 'held', moreObjects: 0 });
    expect(held['objects']).toMatchObject([
      {
        state: 'uploading',
        bucket,
        mayResume: true,
        parts: { planned: 1, finished: 0, inFlight: 0 },
        failure: { code: 'credentials-refused' },
      },
    ]);
    // With the right keys it is gone on with, by its id as by the same command.
    const right = await runCli(['resume', String(held['id']), '--json', '--data-dir', folder.at('data')], {
      env: { ...sandbox.env, ...keysOf(server) },
    });
    expect(right.code, right.stderr).toBe(0);
    expect(right.summary).toMatchObject({ rowsConfirmed: 10, rowsHeld: 0 });
    expect(await sandbox.rowsOf('held', 10)).toBe(10);
    const done = await historyOf('held');
    expect(done['objects']).toMatchObject([
      { state: 'received', mayResume: false, attempts: 3, refer: { attempts: 1, status: 200 }, ask: { status: 200 } },
    ]);
    expect((await upload([file], ['--prefix', 'held'])).summary).toMatchObject({ rowsRead: 0, requests: 0 });
  });
});
