import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { TailHandles } from '../../../electron/engine/read/tail-handles.ts';
import { testFolder } from './read/texts.ts';
import { csvMapping, expectGapFree, fileKeyOf, resumeOf, settingsOf, Tail, targetOf } from './tails.ts';

const folder = testFolder();
afterAll(() => folder.remove());

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
let files = 0;
const newFile = (content: string | Buffer = ''): string => folder.write(`${String(++files)}.csv`, content);

const row = (at: number, text = 'x'): string => `${String(1_700_000_000_000 + at)},${text}\n`;
const header = 'timestamp,a\n';

describe('what is not a row yet', () => {
  it('is waited for: nothing, half a header, a header alone, half a first row', async () => {
    const path = newFile();
    const tail = new Tail();
    for (const text of ['', 'timest', 'amp,a', '\n', '17000000']) {
      appendFileSync(path, text);
      expect(await tail.look(targetOf(path))).toMatchObject({ kind: 'no-row-yet' });
    }
    appendFileSync(path, '00000,x\n');
    expect(await tail.look(targetOf(path))).toMatchObject({ kind: 'at-end', openBytes: 0, position: { row: 1 } });
    expect(tail.told.formats).toHaveLength(1);
    await tail.close();
  });

  it('ends behind the header when nothing more is going to come', async () => {
    const tail = new Tail();
    expect(await tail.look(targetOf(newFile(header), { isFinal: true }))).toMatchObject({
      kind: 'at-end',
      position: { byte: header.length, row: 0 },
    });
    expect(await tail.look(targetOf(newFile(''), { isFinal: true }))).toMatchObject({ kind: 'no-row-yet' });
    await tail.close();
  });

  it('holds the last line without line end, and says that its rows were cut by time when it is final', async () => {
    const path = newFile(`${header}${row(0)}1700000000001,y`);
    const tail = new Tail();
    expect(await tail.look(targetOf(path))).toMatchObject({ kind: 'at-end', openBytes: 15, position: { row: 1 } });
    appendFileSync(path, 'z');
    expect(await tail.look(targetOf(path))).toMatchObject({ openBytes: 16 });
    expect(await tail.look(targetOf(path, { isFinal: true }))).toMatchObject({ openBytes: 0, position: { row: 2 } });
    expect(tail.told.rows.map(({ event }) => event.slice(-7))).toEqual(['"a":"x"}', '"a":"yz"}'].map((text) => text.slice(-7)));
    expect(tail.told.segments.map(({ isTimeDependent }) => isTimeDependent)).toEqual([false, true]);
    await tail.close();
  });
});

describe('a file that is no longer what it was', () => {
  it('is noticed when it was truncated and refilled larger, by a live cursor and after a restart', async () => {
    const path = newFile(header + row(0) + row(1));
    const tail = new Tail();
    await tail.look(targetOf(path));
    const known = resumeOf(tail.told, path);
    truncateSync(path, 0);
    writeFileSync(path, header + row(5) + row(6) + row(7) + row(8));
    expect(await tail.look(targetOf(path, known))).toMatchObject({ kind: 'changed' });
    const later = new Tail();
    expect(await later.look(targetOf(path, known))).toMatchObject({ kind: 'changed' });
    expect(later.told.rows).toEqual([]);
    truncateSync(path, 20);
    expect(await later.look(targetOf(path, known))).toMatchObject({ kind: 'changed', sizeBytes: 20 });
    await Promise.all([tail.close(), later.close()]);
  });

  it('is noticed when only its header was changed', async () => {
    const path = newFile(header + row(0));
    const tail = new Tail();
    await tail.look(targetOf(path));
    writeFileSync(path, `timestamp,b\n${row(0)}${row(1)}`);
    expect(await tail.look(targetOf(path))).toMatchObject({ kind: 'changed' });
    const later = new Tail();
    expect(await later.look(targetOf(path, resumeOf(tail.told, path)))).toMatchObject({ kind: 'changed' });
    await Promise.all([tail.close(), later.close()]);
  });

  it('begins anew when it was forgotten', async () => {
    const path = newFile(header + row(0));
    const tail = new Tail();
    await tail.look(targetOf(path));
    writeFileSync(path, header + row(7));
    expect(await tail.look(targetOf(path))).toMatchObject({ kind: 'changed' });
    tail.session.handle({ kind: 'tail-forget', session: 1, fileId: path });
    expect(await tail.look(targetOf(path))).toMatchObject({ kind: 'at-end' });
    expect(tail.told.rows).toHaveLength(2);
    await tail.close();
  });

  it('is drained through its handle when it was renamed and another stands in its place', async () => {
    const path = newFile(header + row(0));
    const fileKey = fileKeyOf(path);
    const tail = new Tail();
    await tail.look(targetOf(path));
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, row(1));
    writeFileSync(path, header + row(9));
    expect(await tail.look(targetOf(path, { fileKey }))).toMatchObject({ kind: 'at-end', throughHandle: true, position: { row: 2 } });
    const other = new Tail();
    expect(await other.look(targetOf(path, { fileKey }))).toEqual({ kind: 'replaced', fileKey: fileKeyOf(path) });
    await Promise.all([tail.close(), other.close()]);
  });
});

describe('a header within a file', () => {
  it('is a reject when it is the same, and drift when it is another', async () => {
    const path = newFile(header + row(0) + header + row(1) + 'timestamp,b\n' + row(2));
    const tail = new Tail();
    const drift = await tail.look(targetOf(path));
    expect(drift).toMatchObject({ kind: 'drift', columns: ['timestamp', 'b'], headerText: 'timestamp,b', position: { row: 3 } });
    expect(tail.told.rejects.map(({ code }) => code)).toEqual(['header-repeated']);
    expect(tail.told.rows).toHaveLength(2);
    expect(await tail.look(targetOf(path))).toEqual(drift);
    const { format, identity } = resumeOf(tail.told, path);
    if (drift.kind !== 'drift' || format === undefined) throw new Error('no drift');
    const answered = { ...format, columns: drift.columns, headerText: drift.headerText, firstRow: drift.position };
    const next = { from: drift.position, format: answered, identity };
    const later = new Tail();
    for (const reader of [tail, later]) {
      expect(await reader.look(targetOf(path, next))).toMatchObject({ kind: 'at-end', position: { row: 4 } });
      expect(reader.told.rows.at(-1)?.event).toContain('"b":"x"');
    }
    await Promise.all([tail.close(), later.close()]);
  });

  it('is no row of damage in which a cell reads like a column', async () => {
    const tail = new Tail();
    expect(await tail.look(targetOf(newFile(`${header}${row(0)}never,a\n`)))).toMatchObject({ kind: 'at-end', position: { row: 2 } });
    expect(tail.told.rejects.map(({ code }) => code)).toEqual(['timestamp-unparsable']);
    await tail.close();
  });

  it('is drift at the beginning when its columns are not among those accepted', async () => {
    const path = newFile(header + row(0));
    const tail = new Tail();
    const outcome = await tail.look(targetOf(path, { acceptedColumns: [['b', 'timestamp']] }));
    expect(outcome).toMatchObject({ kind: 'drift', columns: ['timestamp', 'a'], position: { byte: header.length, row: 0 } });
    expect(await tail.look(targetOf(path, { acceptedColumns: [['a', 'timestamp']] }))).toMatchObject({ kind: 'at-end' });
    expect(tail.told.rows).toHaveLength(1);
    await tail.close();
  });
});

describe('damage', () => {
  it('of a quote that is never closed costs one line after 1 MiB, and is waited for until then', async () => {
    const path = newFile(`${header}${row(0)}1700000000001,"open\n`);
    const tail = new Tail();
    expect(await tail.look(targetOf(path))).toMatchObject({ kind: 'at-end', position: { row: 1 }, openBytes: 20 });
    appendFileSync(path, row(2).repeat(70_000));
    expect(await tail.look(targetOf(path))).toMatchObject({ kind: 'at-end', openBytes: 0, position: { row: 70_002 } });
    expect(tail.told.rejects.map(({ row: at, code }) => [at, code])).toEqual([[1, 'quote-unclosed']]);
    await tail.close();
  });

  it('of an overlong line passes by, also when it is written bit by bit and across a restart', async () => {
    const long = 'x'.repeat(700_000);
    const path = newFile(`${header}${row(0)}1700000000001,`);
    const tail = new Tail();
    for (let part = 0; part < 5; part += 1) {
      appendFileSync(path, long);
      expect(await tail.look(targetOf(path))).toMatchObject({ kind: 'at-end', openBytes: 14 + (part + 1) * 700_000, position: { row: 1 } });
    }
    const known = resumeOf(tail.told, path);
    appendFileSync(path, `\n${row(2)}`);
    const later = new Tail();
    for (const [reader, from] of [
      [tail, {}],
      [later, known],
    ] as const) {
      expect(await reader.look(targetOf(path, from))).toMatchObject({ kind: 'at-end', openBytes: 0, position: { row: 3, line: 5 } });
      const [reject] = reader.told.rejects;
      expect(reject).toMatchObject({ row: 1, line: 3, code: 'record-too-long' });
      expect(reject?.source).toHaveLength(2_000);
      expectGapFree(reader.told);
      const segment = reader.told.segments.at(-1);
      expect(segment?.sourceDigest).toBe(sha256(readFileSync(path).subarray(segment?.from.byte, segment?.to.byte)));
    }
    expect(later.told.segments.at(-1)?.rowHashes).toEqual(tail.told.segments.at(-1)?.rowHashes);
    await Promise.all([tail.close(), later.close()]);
  });

  it('of one file is told and the others are read', async () => {
    const tail = new Tail();
    const broken = newFile('PK\u0003\u0004 a workbook');
    const twice = newFile(`timestamp,a,a\n${row(0)}`);
    const good = newFile(header + row(0));
    const gone = targetOf(good, { fileId: 'gone', path: `${good}.gone` });
    await tail.look(targetOf(broken), targetOf(twice), gone, targetOf(good));
    expect(tail.told.outcomes.map(({ outcome }) => (outcome.kind === 'failed' ? outcome.failure.code : outcome.kind))).toEqual([
      'file-is-spreadsheet',
      'header-duplicate',
      'file-missing',
      'at-end',
    ]);
    expect(tail.told.rows).toHaveLength(1);
    await tail.close();
  });
});

describe('rows of many files', () => {
  it('share bodies, in turn, and each segment knows its own', async () => {
    const paths = Array.from({ length: 300 }, (_, at) => newFile(header + row(at) + row(at, 'y')));
    const tail = new Tail(settingsOf(csvMapping, { limits: { maxEvents: 100, maxBytes: 1_000_000 } }), new TailHandles(16));
    await tail.look(...paths.map((path) => targetOf(path)));
    expect(tail.told.bodies).toHaveLength(6);
    expect(tail.handles.count).toBeLessThanOrEqual(16);
    for (const { payload, segments } of tail.told.bodies) {
      let next = 0;
      for (const { firstEvent, events, fileId, from, to, sourceDigest } of segments) {
        expect(firstEvent).toBe(next);
        next += events;
        expect(sourceDigest).toBe(sha256(readFileSync(fileId).subarray(from.byte, to.byte)));
      }
      expect(next).toBe(payload.rows.length);
    }
    for (const path of paths) appendFileSync(path, row(1, 'z'));
    await tail.look(...paths.map((path) => targetOf(path, resumeOf(tail.told, path))));
    expect(tail.told.rows).toHaveLength(900);
    await tail.close();
    expect(tail.handles.count).toBe(0);
  });

  it('do not wait behind a large file', async () => {
    const large = newFile(header + row(0, 'x'.repeat(80)).repeat(20_000));
    const small = newFile(header + row(0));
    const tail = new Tail();
    await tail.look(targetOf(large), targetOf(small));
    expect(tail.told.outcomes.map(({ fileId }) => fileId)).toEqual([small, large]);
    expect(tail.told.rows).toHaveLength(20_001);
    await tail.close();
  });

  it('wait while all bodies are under way, and closing does not wait for them', async () => {
    const tail = new Tail(settingsOf(csvMapping, { limits: { maxEvents: 10, maxBytes: 1_000_000 }, bodies: 2 }));
    tail.givesBack = false;
    tail.session.handle({ kind: 'tail-look', session: 1, targets: [targetOf(newFile(header + row(0).repeat(100)))] });
    await tail.until(() => tail.told.bodies.length === 2);
    const slot = tail.told.bodies[0]?.slot ?? -1;
    tail.giveBack(slot);
    await tail.until(() => tail.told.bodies.length === 3);
    await tail.close();
    expect(tail.told.bodies).toHaveLength(3);
    expect(tail.handles.count).toBe(0);
  });

  it('that were gathered are told although the file was forgotten', async () => {
    const path = newFile(header + row(0));
    const tail = new Tail();
    tail.session.handle({ kind: 'tail-look', session: 1, targets: [targetOf(path)] });
    await tail.until(() => tail.gathered === 1);
    tail.session.handle({ kind: 'tail-forget', session: 1, fileId: path });
    await tail.flush();
    expect(tail.told.rows).toHaveLength(1);
    await tail.close();
  });

  it('are not read again from an older place while nobody could know where the file stands', async () => {
    const path = newFile(header + row(0));
    const tail = new Tail(settingsOf(), new TailHandles(0));
    tail.givesBack = false;
    tail.session.handle({ kind: 'tail-look', session: 1, targets: [targetOf(path)] });
    await tail.until(() => tail.gathered === 1);
    await tail.look(targetOf(newFile(header + row(5))));
    await tail.look(targetOf(path));
    expect(tail.told.rows).toHaveLength(2);
    await tail.close();
  });
});

describe('rows that were sent before', () => {
  it('are passed over as often as they were, also after a restart in the middle', async () => {
    const path = newFile(header + row(0) + row(1) + row(1));
    const first = new Tail();
    await first.look(targetOf(path));
    const knownRowsPath = folder.write('known', Buffer.concat(first.told.segments.map(({ rowHashes }) => rowHashes)));
    writeFileSync(path, header + row(1) + row(7));
    const tail = new Tail();
    const target = { fileId: 'second', knownRowsPath };
    await tail.look(targetOf(path, target));
    expect(tail.told.segments).toMatchObject([{ passedOver: 1, events: 1 }]);
    appendFileSync(path, row(1) + row(1) + row(0));
    const later = new Tail();
    for (const [reader, from] of [
      [tail, {}],
      [later, resumeOf(tail.told, 'second')],
    ] as const) {
      await reader.look(targetOf(path, { ...target, ...from }));
      expect(reader.told.segments.at(-1)).toMatchObject({ passedOver: 2, events: 1 });
    }
    await Promise.all([first.close(), tail.close(), later.close()]);
  });

  it('alone make a body without events, so that the ledger moves', async () => {
    const path = newFile(header + row(0));
    const first = new Tail();
    await first.look(targetOf(path));
    const knownRowsPath = folder.write('known', Buffer.concat(first.told.segments.map(({ rowHashes }) => rowHashes)));
    const tail = new Tail();
    await tail.look(targetOf(path, { knownRowsPath }));
    expect(tail.told.bodies.map(({ payload }) => Buffer.from(payload.bytes).toString())).toEqual(['[]']);
    expect(tail.told.segments).toMatchObject([{ passedOver: 1, events: 0, to: { row: 1 } }]);
    await Promise.all([first.close(), tail.close()]);
  });
});

describe('a gzipped file', () => {
  it('is read as far as it is there, and through when it is final', async () => {
    const text = header + Array.from({ length: 40_000 }, (_, at) => row(at, String((at * 7_919) % 10_007))).join('');
    const bytes = gzipSync(text);
    const path = folder.write('log.csv.gz', bytes.subarray(0, 100_000));
    const tail = new Tail();
    const outcome = await tail.look(targetOf(path));
    expect(['at-end', 'no-row-yet']).toContain(outcome.kind);
    writeFileSync(path, bytes);
    expect(await tail.look(targetOf(path, { ...resumeOf(tail.told, path), isFinal: true }))).toMatchObject({
      kind: 'at-end',
      position: { row: 40_000 },
    });
    expect(tail.told.rows).toHaveLength(40_000);
    expectGapFree(tail.told);
    const cut = folder.write('cut.csv.gz', bytes.subarray(0, 100_000));
    expect(await tail.look(targetOf(cut, { isFinal: true, mayBeTwin: true }))).toMatchObject({
      kind: 'failed',
      failure: { code: 'gzip-corrupt' },
    });
    await tail.close();
  });
});

describe('a file that begins like another', () => {
  it('is told of before anything of it is read, and read once it may be a twin', async () => {
    const tail = new Tail();
    const first = newFile('timestamp,v\n1700000000000,1\n1700000000001,2\n');
    const second = newFile('timestamp,v\n1700000000000,1\n1700000000009,9\n');
    expect(await tail.look(targetOf(first))).toMatchObject({ kind: 'at-end' });
    expect(await tail.look(targetOf(second))).toMatchObject({ kind: 'twin' });
    expect(await tail.look(targetOf(second, { mayBeTwin: true }))).toMatchObject({ kind: 'at-end', position: { row: 2 } });
    await tail.close();
  });
});
