import { expect, it } from 'vitest';
import { showHistory } from '../../../../electron/headless/commands/history-command.ts';
import { showRejects } from '../../../../electron/headless/commands/rejects-command.ts';
import { recordedCli } from '../../../fakes/cli-context.ts';
import { ledger, transfer, transferFile } from '../../../fakes/upload-records.ts';

const env = { FINEO_UPLOADER_DATA_DIR: '/data' };

it('history lists as many transfers as asked for, although the engine gives them in pages', async () => {
  const all = Array.from({ length: 500 }, (_, index) => transfer([transferFile('a.csv')], { id: `t${index}`, startedAt: 1_000 - index }));
  const history = ({ limit, before }: { limit: number; before?: number | undefined }) => {
    const rest = all.filter(({ startedAt }) => before === undefined || startedAt < before);
    return { transfers: rest.slice(0, limit), more: rest.length > limit };
  };
  const cli = recordedCli({ env, engine: { history } });
  expect(await showHistory({ json: true, limit: '450' }, cli.context)).toBe(0);
  expect(new Set(cli.lines).size).toBe(450);
});

it('history shows state and ledger of each transfer with its id', async () => {
  const files = ['a.csv', 'b.csv'].map((name) =>
    transferFile(name, { ledger: ledger({ rowsRead: 1_000, rowsConfirmed: 999, rowsRejected: 1 }) }),
  );
  const cli = recordedCli({ env, engine: { history: () => ({ transfers: [transfer(files, { state: 'attention' })], more: false }) } });
  await showHistory({}, cli.context);
  expect(cli.lines[1]).toMatch(/^1970-01-01 00:00:00 +attention +a\.csv and 1 more +Plant +batch +2,000 +1,998 +2 +0 +transfer-1$/);
});

it('rejects shows every rejected row with line, column, code and reason', async () => {
  const rejects = Array.from({ length: 1_200 }, (_, index) => {
    return {
      fileName: 'a.csv',
      line: index + 2,
      column: 'date',
      code: 'timestamp-unparsable' as const,
      reason: 'no such day',
      source: '2012-02-30,1',
    };
  });
  const page = ({ offset, limit }: { offset: number; limit: number }) =>
    Promise.resolve({ rejects: rejects.slice(offset, offset + limit), total: rejects.length, paths: ['/data/rejects/a.csv'] });
  const openRejects = () =>
    Promise.resolve({ rejects: [], total: 1_200, files: [{ fileId: 'f', path: '/data/rejects/b.csv', header: '' }], replays: [] });
  const cli = recordedCli({ env, engine: { rejects: page, openRejects } });
  expect(await showRejects('transfer-1', {}, cli.context)).toBe(0);
  expect(cli.lines[0]).toContain('/data/rejects/a.csv');
  expect(cli.lines[1]).toBe('Rows that are left after a replay: /data/rejects/b.csv');
  expect(cli.lines.filter((line) => /^a\.csv +\d+ +date +timestamp-unparsable +no such day$/.test(line))).toHaveLength(1_200);
  expect(cli.lines.filter((line) => line.startsWith('File'))).toHaveLength(1);
});
