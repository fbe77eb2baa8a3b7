/** A watched folder of whole files goes through a bucket into the tables: set up by hand, in the window, against a real S3 server. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingS3Server, startS3Server, type S3Server } from '../../../build/s3-server.ts';
import { bucketReader, fileDigest } from '../../fakes/bucket-reader.ts';
import { startDesktop, whyNoDesktop, type DesktopApp } from '../../fakes/desktop-app.ts';
import { expectedRows, inOrder, rowsStoredAt } from '../../fakes/desktop-sandbox.ts';
import { csvText, startSandbox, type RunningSandbox } from '../../integration/command-line.ts';

const bucket = 'rows-of-the-window';
const whyNot = whyNoDesktop ?? missingS3Server();
/** For what the machine takes as long for as it likes. */
const patient = { timeout: 60_000 };

describe.skipIf(whyNot !== undefined)(`a folder by way of a bucket${whyNot === undefined ? '' : ` (${whyNot})`}`, () => {
  let desktop: DesktopApp;
  let server: S3Server;
  let sandbox: RunningSandbox;
  let work: string;
  const files: ReadonlyMap<string, string> = new Map([
    ['press-1.csv', csvText(1_200).replaceAll('machines', 'press-1')],
    ['press-2.csv', csvText(800, 5_000).replaceAll('machines', 'press-2')],
  ]);

  beforeAll(async () => {
    work = mkdtempSync(path.join(tmpdir(), 'bucket-folder-'));
    mkdirSync(path.join(work, 'line-3'));
    for (const [name, text] of files) writeFileSync(path.join(work, 'line-3', name), text);
    server = await startS3Server([bucket]);
    sandbox = await startSandbox(path.join(work, 'sandbox'), ['--s3-endpoint', server.endpoint], {
      AWS_ACCESS_KEY_ID: server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    });
    desktop = await startDesktop();
  }, 240_000);
  afterAll(async () => {
    await desktop.close();
    await sandbox.stop();
    await server.stop();
    rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  });

  it('gets a connection with a bucket, every part of which is tested', async () => {
    const { page } = desktop;
    const { FINEO_API_KEY: apiKey, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = sandbox.env;
    await page.getByTestId('first-run-connect').click();
    const fill = (name: string, text: string): Promise<void> => page.getByTestId(`field-${name}`).fill(text);
    await fill('name', 'Plant');
    await fill('root', sandbox.root);
    await fill('apiKey', apiKey);
    await fill('accessKeyId', accessKeyId);
    await fill('secretAccessKey', secretAccessKey);
    await fill('bucket', bucket);
    await fill('prefix', 'plant 1');
    await fill('endpoint', server.endpoint);
    await fill('bucketRegion', server.region);
    await page.locator('[data-testid=bucket] summary').first().click();
    await fill('bucket-accessKeyId', server.accessKeyId);
    await fill('bucket-secretAccessKey', server.secretAccessKey);
    await page.getByTestId('bucket').scrollIntoViewIfNeeded();
    await desktop.picture('bucket-1-connection');
    await page.getByTestId('save-connection').click();
    await page.getByTestId('checks').getByText('Everything works.').waitFor(patient);
    await desktop.picture('bucket-2-tested');
  });

  it('sends the whole files of a folder there, and every row is in its table as it stands in its file', async () => {
    const { page } = desktop;
    await page.getByTestId('nav-folders').click();
    await page.getByTestId('add-folder').click();
    await desktop.app.evaluate(
      ({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      },
      path.join(work, 'line-3'),
    );
    await page.getByTestId('choose-folder').click();
    await page.getByTestId('match-count').filter({ hasText: '2 files fit' }).waitFor();
    await page.getByTestId('mode-files').click();
    await page.getByTestId('route-s3').click();
    await page.locator('[data-testid=folder-more] > summary').click();
    await page.getByTestId('after-move').click();
    await page.getByTestId('field-move-to').fill(path.join(work, 'sent'));
    await page.getByTestId('route-s3').scrollIntoViewIfNeeded();
    await desktop.picture('bucket-3-folder');
    await page.getByTestId('save-folder').click();
    await page.getByTestId('folder-detail').waitFor();
    await page.getByTestId('nav-folders').click();
    const card = page.getByTestId('folder-card');
    await card.locator('[data-testid=ledger-line][data-read="2000"][data-confirmed="2000"]').waitFor(patient);
    await card.filter({ hasText: 'Up to date' }).waitFor(patient);
    await desktop.picture('bucket-4-card');
    const reader = bucketReader(server, bucket);
    const keys = await reader.keys('plant 1/line-3');
    expect(keys).toHaveLength(files.size);
    for (const [name, text] of files) {
      const table = name.replace('.csv', '');
      expect(inOrder(await rowsStoredAt(sandbox.root, sandbox.env.FINEO_API_KEY, table))).toEqual(inOrder(expectedRows(text)));
      const key = keys.find((one) => new RegExp(`^plant 1/line-3/${table}-[0-9a-f]{12}\\.csv\\.gz$`).test(one)) ?? '';
      await expect.poll(() => existsSync(path.join(work, 'sent', name)), patient).toBe(true);
      expect(await reader.digest(key)).toBe(await fileDigest(path.join(work, 'sent', name)));
    }
  });
});
