/** A file by the S3 route in several objects, or in another form than before: against a real S3 server and the sandbox that reads from it. */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingS3Server, type S3Server } from '../../build/s3-server.ts';
import { bucketReader } from '../fakes/bucket-reader.ts';
import type { EndedProcess } from '../fakes/cli-process.ts';
import { expectedRows, inOrder, rowsStoredAt } from '../fakes/desktop-sandbox.ts';
import { startS3Proxy } from '../fakes/s3-proxy.ts';
import { csvText, type RunningSandbox } from './command-line.ts';
import { s3Place } from './s3-place.ts';

const bucket = 'forms-of-tests';
const missing = missingS3Server();

describe.skipIf(missing !== undefined)(`the objects of a file${missing === undefined ? '' : ` (${missing})`}`, () => {
  const place = s3Place(bucket);
  const { folder, upload } = place;
  let server: S3Server;
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    ({ server, sandbox } = await place.start());
  }, 240_000);
  afterAll(() => place.stop(), 60_000);

  it('cuts a large file after rows into objects with the header each, and none of them holds what is no more', async () => {
    const text = csvText(90_000).replaceAll('machines', 'pieces');
    const file = folder.write('pieces.csv', text);
    const result = await upload([file], ['--prefix', 'pieces', '--object-mb', '1']);
    expect(result.code, result.stderr).toBe(0);
    expect(result.summary).toMatchObject({ rowsRead: 90_000, rowsConfirmed: 90_000, rowsHeld: 0 });
    expect(await sandbox.rowsOf('pieces', 90_000)).toBe(90_000);
    const reader = bucketReader(server, bucket);
    const header = text.slice(0, text.indexOf('\n') + 1);
    const keys = [...(await reader.keys('pieces'))].sort();
    expect(keys.length).toBeGreaterThan(2);
    expect(keys[1]).toMatch(/pieces-[0-9a-f]{12}-00002\.csv\.gz$/);
    const bodies: string[] = [];
    for (const key of keys) {
      const piece = await reader.text(key);
      expect(piece.startsWith(header)).toBe(true);
      expect(piece.endsWith('\n')).toBe(true);
      expect(piece.length).toBeLessThanOrEqual(1_000_000 + header.length);
      bodies.push(piece.slice(header.length));
    }
    expect(header + bodies.join('')).toBe(text);
    writeFileSync(file, csvText(25_000, 5).replaceAll('machines', 'pieces'));
    const smaller = await upload([file], ['--prefix', 'pieces', '--object-mb', '1']);
    expect(smaller.summary, smaller.stderr).toMatchObject({ rowsConfirmed: 25_000 });
    expect(await sandbox.rowsOf('pieces', 25_000)).toBe(25_000);
    const last = await reader.text(keys.at(-1) ?? '');
    expect(last.trimEnd().split('\n')).toHaveLength(1);
  });

  it('cuts rows that are shaped, and what was gzipped, in the same way', async () => {
    const rows = csvText(30_000).replaceAll('machines', 'cut').split('\n');
    rows[20_017] = 'never,cut,m1,20';
    writeFileSync(folder.at('cut.csv.gz'), gzipSync(rows.join('\n')));
    const result = await upload([folder.at('cut.csv.gz')], ['--prefix', 'cut', '--object-mb', '1']);
    expect(result.summary, result.stderr).toMatchObject({ rowsRead: 30_000, rowsConfirmed: 29_999, rowsRejected: 1 });
    expect(await sandbox.rowsOf('cut', 29_999)).toBe(29_999);
    const reader = bucketReader(server, bucket);
    const keys = await reader.keys('cut');
    expect(keys.filter((key) => key.endsWith('.json.gz')).length).toBeGreaterThan(1);
    // What had gone as CSV before the reject was found holds no row any more.
    for (const key of keys.filter((one) => one.endsWith('.csv.gz'))) {
      expect((await reader.text(key)).trimEnd().split('\n')).toHaveLength(1);
    }
  });

  it('never has the rows of a file twice, whatever form they have the next time: the form before holds none any more', async () => {
    const text = csvText(300).replaceAll('machines', 'forms');
    const file = folder.write('forms.csv', text);
    const reader = bucketReader(server, bucket);
    const rowsByKey = async (): Promise<Readonly<Record<string, number>>> => {
      const counted: Record<string, number> = {};
      for (const key of [...(await reader.keys('forms'))].sort()) {
        const lines = (await reader.text(key)).split('\n').filter((line) => line !== '' && !line.startsWith('timestamp,'));
        counted[key.replace(/^.*-[0-9a-f]{12}/, '')] = lines.length;
      }
      return counted;
    };
    const send = async (more: readonly string[] = []): Promise<void> => {
      const result = await upload([file], ['--prefix', 'forms', ...more]);
      expect(result.code, result.stderr + result.stdout).toBe(0);
      expect(result.summary).toMatchObject({ rowsConfirmed: 300, rowsHeld: 0 });
      expect(await sandbox.rowsOf('forms', 300)).toBe(300);
    };
    await send();
    expect(await rowsByKey()).toEqual({ '.csv.gz': 300 });
    folder.write('forms.mapping.json', JSON.stringify({ nullTokens: ['NA'] }));
    await send(['--mapping', folder.at('forms.mapping.json')]);
    expect(await rowsByKey()).toEqual({ '.csv.gz': 0, '.json.gz': 300 });
    await send(['--object-mb', '1']);
    expect(await rowsByKey()).toEqual({ '-00001.csv.gz': 300, '.csv.gz': 0, '.json.gz': 0 });
    // What it was at first is not what lies there: it is sent anew, and replaces the others.
    await send();
    expect(await rowsByKey()).toEqual({ '-00001.csv.gz': 0, '.csv.gz': 300, '.json.gz': 0 });
    expect((await upload([file], ['--prefix', 'forms'])).summary).toMatchObject({ rowsRead: 0, requests: 0 });
    const stored = await rowsStoredAt(sandbox.root, sandbox.env.FINEO_API_KEY, 'forms');
    expect(inOrder(stored)).toEqual(inOrder(expectedRows(text)));
  });

  it('removes the form before where nobody is told', async () => {
    const file = folder.write('silent.csv', csvText(20).replaceAll('machines', 'silent'));
    const send = (level: string): Promise<EndedProcess> => upload([file], ['--prefix', 'silent', '--no-reference', '--gzip-level', level]);
    expect((await send('1')).code).toBe(0);
    expect((await send('0')).code).toBe(0);
    expect(await bucketReader(server, bucket).keys('silent')).toEqual([expect.stringMatching(/silent-[0-9a-f]{12}\.csv$/)]);
  });

  it('holds rows as JSON lines that have neither metric type nor time, where nobody is told; the service gets none of them', async () => {
    const file = folder.write('bare.csv', 'when,level\nyesterday,1.50\n,NA\n');
    folder.write(
      'bare.json',
      JSON.stringify({ metricType: { kind: 'none' }, timestamp: { from: 'none', column: 'timestamp' }, nullTokens: ['NA'] }),
    );
    const args = ['--prefix', 'bare', '--mapping', folder.at('bare.json')];
    const result = await upload([file], [...args, '--no-reference']);
    expect(result.summary, result.stderr).toMatchObject({ rowsRead: 2, rowsConfirmed: 2, rowsRejected: 0 });
    const reader = bucketReader(server, bucket);
    const [key = '', ...others] = await reader.keys('bare');
    expect(others).toEqual([]);
    expect(await reader.text(key)).toBe('{"when":"yesterday","level":1.50}\n{}\n');
    const told = await upload([file], args);
    expect(told.code).not.toBe(0);
    expect(told.summary).toMatchObject({ rowsConfirmed: 0 });
    expect(told.stdout).toContain('mapping-invalid');
  });

  it('empties the form before, and the pieces that are left over, where the keys may not remove an object', async () => {
    const proxy = await startS3Proxy(server.endpoint);
    try {
      proxy.refusesRemoval = true;
      const [file, pieces] = ['kept.csv', 'kept-pieces.csv'].map((name) => folder.write(name, csvText(20).replaceAll('machines', 'kept')));
      const send = async (path = '', rows: number, ...more: readonly string[]): Promise<void> => {
        const result = await upload([path], ['--s3-endpoint', proxy.endpoint, '--prefix', 'kept', '--no-reference', ...more]);
        expect(result.code, result.stderr).toBe(0);
        expect(result.summary).toMatchObject({ rowsConfirmed: rows, rowsHeld: 0 });
      };
      const rowsByKey = async (name: string): Promise<Readonly<Record<string, number>>> => {
        const reader = bucketReader(server, bucket);
        const keys = (await reader.keys('kept')).filter((key) => new RegExp(`/${name}-[0-9a-f]{12}`).test(key));
        const texts = await Promise.all(keys.map((key) => reader.text(key)));
        // Of each the header is left.
        return Object.fromEntries(
          keys.map((key, at) => [key.replace(/^.*-[0-9a-f]{12}/, ''), (texts[at] ?? '').trimEnd().split('\n').length - 1]),
        );
      };
      await send(file, 20, '--gzip-level', '1');
      await send(file, 20, '--gzip-level', '0');
      expect(await rowsByKey('kept')).toEqual({ '.csv': 20, '.csv.gz': 0 });
      expect(proxy.requests.filter((request) => request.startsWith('DELETE'))).toHaveLength(1);

      writeFileSync(pieces ?? '', csvText(60_000));
      await send(pieces, 60_000, '--object-mb', '1');
      const before = await rowsByKey('kept-pieces');
      expect(Object.keys(before).length).toBeGreaterThan(1);
      writeFileSync(pieces ?? '', csvText(10));
      await send(pieces, 10, '--object-mb', '1');
      expect(await rowsByKey('kept-pieces')).toEqual({
        ...Object.fromEntries(Object.keys(before).map((key) => [key, 0])),
        '-00001.csv.gz': 10,
      });
      // What was left is known to the history, as the objects with rows are.
      expect(await place.historyOf('kept-pieces')).toMatchObject({ files: [{ state: 'done' }] });
    } finally {
      await proxy.stop();
    }
  });
});
