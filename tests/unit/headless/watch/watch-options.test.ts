import { describe, expect, it } from 'vitest';
import { folderInputOf, parseWatchOptions, watchedFolderId } from '../../../../electron/headless/watch/watch-options.ts';
import { folderInputSchema } from '../../../../shared/contract/folders.ts';

const parse = (flags: Readonly<Record<string, unknown>>) =>
  parseWatchOptions('logs', { to: 'plant', ...flags }, { cwd: '/plant', env: { FINEO_UPLOADER_DATA_DIR: '/data' } });

describe('the options of watch', () => {
  it('follow rows by the stream and send whole files by batches, unless something else is said', () => {
    expect(parse({}).settings).toMatchObject({
      path: '/plant/logs',
      mode: 'rows',
      route: 'stream',
      after: { kind: 'keep' },
      existing: 'send',
    });
    expect(parse({ mode: 'files' }).settings).toMatchObject({ mode: 'files', route: 'batch' });
    expect(parse({ mode: 'files', route: 'stream' }).settings.route).toBe('stream');
  });

  it('have the defaults of the contract where nothing is given', () => {
    const defaults = folderInputSchema.parse({ path: '/plant/logs', connectionId: 'plant' });
    expect(folderInputOf(parse({}), 'plant', undefined)).toEqual(defaults);
  });

  it.each([
    ['keep', { kind: 'keep' }],
    ['delete', { kind: 'delete' }],
    ['move:sent/2024: old', { kind: 'move', to: 'sent/2024: old' }],
  ])('understand --after %s', (after, expected) => {
    expect(parse({ mode: 'files', after }).settings.after).toEqual(expected);
  });

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['an --after that is none', { mode: 'files', after: 'move:' }, /--after: keep, delete or move:<dir>/],
    ['moving files whose rows are followed', { after: 'delete' }, /--mode files/],
    ['a time that is no number', { settleMs: 'soon' }, /--settle-ms/],
    ['a time out of range', { pollMs: '1' }, /--poll-ms/],
    ['two destinations', { root: 'https://api.fineo.io' }, /exclude each other/],
    ['no destination', { to: undefined }, /--to <connection> or --root <url>/],
    ['limits for a connection that has its own', { rate: '5' }, /connections add --replace/],
    ['a pattern that is empty', { include: [''] }, /--include/],
  ])('refuse %s', (_what, flags, message) => {
    expect(() => parse(flags)).toThrow(message);
  });

  it('need no destination for a dry run', () => {
    expect(parse({ to: undefined, dryRun: true }).destination).toEqual({ kind: 'none' });
  });
});

describe('the id of a folder', () => {
  it('is the same in every run, and another for another folder, connection or mode', () => {
    const id = watchedFolderId({ path: '/a', mode: 'rows' }, 'plant');
    expect(watchedFolderId({ path: '/a', mode: 'rows' }, 'plant')).toBe(id);
    expect(id).toMatch(/^cli-[0-9a-f]{16}$/);
    const others = [
      watchedFolderId({ path: '/b', mode: 'rows' }, 'plant'),
      watchedFolderId({ path: '/a', mode: 'files' }, 'plant'),
      watchedFolderId({ path: '/a', mode: 'rows' }, 'other'),
    ];
    expect(new Set([id, ...others]).size).toBe(4);
  });
});
