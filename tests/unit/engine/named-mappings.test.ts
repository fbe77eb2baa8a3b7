import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mappingSchema, type MappingInput } from '../../../shared/contract/mapping.ts';
import { NamedMappings } from '../../../electron/engine/named-mappings.ts';
import { mappingDigest } from '../../../electron/engine/file-version.ts';
import { MappingStore } from '../../../electron/engine/record/mapping-store.ts';
import { addFile, addTransfer, newBatch, openJournal, positionOf, tempDir, type OpenJournal } from './record/journals.ts';

let folder: ReturnType<typeof tempDir>;
let opened: OpenJournal;
let mappings: NamedMappings;
let users: { id: string; name: string }[];
let changed: string[];
beforeEach(() => {
  folder = tempDir();
  opened = openJournal(folder.path);
  users = [];
  changed = [];
  let now = 0;
  mappings = new NamedMappings({
    store: new MappingStore(opened.database),
    now: () => (now += 1),
    foldersOf: () => users,
    onChange: (id) => changed.push(id),
  });
  addTransfer(opened.journal, 't');
});
afterEach(() => {
  opened.journal.close();
  folder.remove();
});

const of = (given: MappingInput) => mappingSchema.parse(given);
const save = (name: string, given: MappingInput, isNew = false) => mappings.save({ name, mapping: of(given), isNew });
const failing = (code: string) => expect.objectContaining({ code }) as Error;

describe('a named mapping', () => {
  it('gets a version with each content that is another, and keeps every one as it was', () => {
    expect(save('plant', { drop: ['a'] })).toMatchObject({ name: 'plant', version: 1 });
    expect(save('plant', { drop: ['a'], name: 'whatever', $schema: 'x' })).toMatchObject({ version: 1 });
    expect(save('PLANT', { drop: ['b'] })).toMatchObject({ name: 'plant', version: 2 });
    // Also what changes no event is content.
    expect(save('plant', { drop: ['b'], rejects: { policy: 'hold' } })).toMatchObject({ version: 3 });
    expect(save('plant', { drop: ['a'] })).toMatchObject({ version: 4 });
    expect([1, 2, 3, 4].map((version) => mappings.get({ name: 'plant', version }).mapping.drop)).toEqual([['a'], ['b'], ['b'], ['a']]);
    expect(mappings.get({ name: 'plant' })).toMatchObject({
      version: 4,
      versions: [{ version: 4 }, { version: 3 }, { version: 2 }, { version: 1 }],
    });
    expect(changed).toHaveLength(3);
  });

  it('is refused under a name that is taken, where a new one is wanted', () => {
    const { id } = save('plant', {});
    expect(() => save('Plant', {}, true)).toThrow(failing('mapping-name-taken'));
    save('other', {}, true);
    expect(() => mappings.rename({ id, name: 'Other' })).toThrow(failing('mapping-name-taken'));
    expect(mappings.rename({ id, name: 'Plant 1' })).toMatchObject({ id, name: 'Plant 1' });
    expect(() => mappings.get({ name: 'plant' })).toThrow(failing('mapping-unknown'));
  });

  it('is not removed while a folder uses it, and who does is named', () => {
    const { id } = save('plant', {});
    users = [
      { id: 'f1', name: 'Hall 1' },
      { id: 'f2', name: 'Hall 2' },
    ];
    expect(() => mappings.remove(id)).toThrow(
      expect.objectContaining({ code: 'mapping-in-use', context: { mapping: 'plant', folders: 'Hall 1, Hall 2' } }) as Error,
    );
    users = [];
    mappings.remove(id);
    expect(mappings.list()).toEqual([]);
    expect(save('plant', {})).toMatchObject({ version: 1 });
  });

  it('that files were sent by is still known when it is removed, and its name goes on with the next number', () => {
    const first = save('plant', { drop: ['a'] });
    addFile(opened.journal, 'f', { mappingRef: { id: first.id, version: 1 } });
    mappings.remove(first.id);
    expect(mappings.list()).toEqual([]);
    expect(opened.history.transfer('t')?.files[0]?.mapping).toMatchObject({ name: 'plant', version: 1 });
    expect(save('plant', { drop: ['a'] })).toMatchObject({ id: first.id, version: 2, filesSent: 1 });
  });

  it('is what a file was sent by only where the file was sent by what it says, but for metric type and format', () => {
    const { id } = save('plant', { drop: ['a'] });
    const mappingRef = { id, version: 1 };
    expect(mappings.used({ mappingRef })).toEqual({ mapping: of({ drop: ['a'] }), mappingRef });
    const otherMetric = of({ drop: ['a'], metricType: { kind: 'constant', value: 'm' }, format: { delimiter: ';' } });
    expect(mappings.used({ mapping: otherMetric, mappingRef })).toEqual({ mapping: otherMetric, mappingRef });
    expect(mappings.used({ mapping: of({ drop: ['b'] }), mappingRef })).toMatchObject({ mappingRef: undefined });
    expect(() => mappings.used({ mappingRef: { id, version: 2 } })).toThrow(failing('mapping-unknown'));
  });
});

describe('the ledger', () => {
  const inUse = (drop: string[], version: number) => ({ mapping: of({ drop }), digest: `d${version}`, ref: { id: 'm1', version } });

  it('tells up to which row a file went by which mapping, and of none that no row went by', () => {
    const { journal, history } = opened;
    addFile(journal, 'f', { mappingDigest: 'd1', mappingRef: { id: 'm1', version: 1 } });
    journal.planBatch('f', newBatch(0, 5));
    journal.changeMapping('f', inUse(['b'], 2));
    journal.changeMapping('f', inUse(['b'], 2));
    expect(history.transfer('t')?.files[0]?.mapping).toEqual({ digest: 'd1' });
    journal.changeMapping('f', inUse(['c'], 3));
    journal.planBatch('f', newBatch(5, 7));
    expect(history.transfer('t')?.files[0]?.mapping).toEqual({ digest: 'd3', earlier: [{ digest: 'd1', untilRow: 5 }] });
    expect(journal.file('f').mapping.drop).toEqual(['c']);
  });

  it('holds rows for which nothing is planned, and has them planned later', () => {
    const { journal, history } = opened;
    addFile(journal, 'f');
    journal.holdUnplanned('f', 10);
    expect(history.transfer('t')?.ledger).toMatchObject({ rowsRead: 10, rowsHeld: 10 });
    journal.takeUpUnplanned('f');
    journal.planBatch('f', newBatch(0, 4));
    journal.holdUnplanned('f', 6);
    journal.takeUpUnplanned('f');
    journal.takeUpUnplanned('f');
    expect(history.transfer('t')?.ledger).toMatchObject({ rowsRead: 4, rowsHeld: 4 });
  });

  it('counts rejects anew for another mapping', () => {
    const { journal } = opened;
    addFile(journal, 'f', { mappingDigest: 'd1' });
    journal.planBatch('f', newBatch(0, 3, { events: 2, rejected: ['timestamp-missing'] }));
    expect(journal.countedRejects('f')).toBe(1);
    journal.changeMapping('f', inUse(['b'], 2));
    expect(journal.countedRejects('f')).toBe(0);
  });

  it('finds a file that is held for its rejects again when its mapping is another one, where it is read by the same bytes', () => {
    const { journal } = opened;
    addFile(journal, 'f', { mappingDigest: 'd1' });
    journal.planBatch('f', newBatch(0, 3));
    journal.setFileState('f', 'held', { code: 'too-many-rejects', message: '', context: {} });
    const asked = { ...journal.file('f'), id: 'g', mappingDigest: 'd2' };
    expect(journal.newestVersion(asked)?.id).toBe('f');
    expect(journal.newestVersion({ ...asked, mapping: of({ format: { encoding: 'utf-16le' } }) })).toBeUndefined();
    journal.setFileState('f', 'done');
    expect(journal.newestVersion(asked)).toBeUndefined();
    expect(positionOf(3)).toEqual(journal.file('f').planned);
  });
});

it('what becomes of rejected rows makes no other mapping of it: no event is another one', () => {
  expect(mappingDigest(of({ rejects: { policy: 'stop' } }))).toBe(mappingDigest(of({})));
  expect(mappingDigest(of({ drop: ['a'] }))).not.toBe(mappingDigest(of({})));
});
