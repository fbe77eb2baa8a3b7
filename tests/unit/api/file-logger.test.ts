import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFileLogger, type FileLogger } from '../../../electron/api/file-logger.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';

let dataDir: string;
let clock: ManualClock;
const open = (options: { readonly maxBytes?: number } = {}): FileLogger => createFileLogger({ dataDir, clock, ...options });
const read = (name = 'uploader.log'): string => readFileSync(path.join(dataDir, 'logs', name), 'utf8');

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'log-'));
  clock = new ManualClock();
});

describe('the log', () => {
  it('holds a JSON object a line: when, how grave, what, circumstances', async () => {
    const logger = open();
    logger.info('opened', { rows: 3 });
    logger.error('failed', { code: 'disk-full', time: 'not mine' });
    await logger.dispose();
    const lines = read()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    const time = '2024-01-15T12:00:00.000Z';
    expect(lines).toEqual([
      { time, level: 'info', message: 'opened', rows: 3 },
      { time, level: 'error', message: 'failed', code: 'disk-full' },
    ]);
  });

  it('is written soon, without being asked', async () => {
    const logger = open();
    logger.info('opened');
    await clock.advance(200);
    await logger.flush();
    expect(read()).toContain('opened');
    await logger.dispose();
  });

  it('keeps three old files and forgets the oldest', async () => {
    const logger = open({ maxBytes: 100 });
    for (let number = 1; number <= 6; number += 1) {
      logger.info(`line ${String(number)} ${'x'.repeat(40)}`);
      await logger.flush();
    }
    await logger.dispose();
    expect(readdirSync(path.join(dataDir, 'logs')).sort()).toEqual(['uploader.1.log', 'uploader.2.log', 'uploader.3.log', 'uploader.log']);
    expect([read(), read('uploader.1.log'), read('uploader.3.log')].map((text) => /line \d/.exec(text)?.[0])).toEqual([
      'line 6',
      'line 5',
      'line 3',
    ]);
  });

  it('that cannot be written holds nobody up, and says later what is missing', async () => {
    writeFileSync(path.join(dataDir, 'logs'), 'a file where the folder should be');
    const logger = open();
    logger.info('lost');
    await logger.flush();
    rmSync(path.join(dataDir, 'logs'));
    logger.info('kept');
    await logger.dispose();
    expect(read()).toContain('"lines":1');
    expect(read()).not.toContain('"message":"lost"');
  });
});

describe('a secret', () => {
  const cases: readonly (readonly [string, string, Record<string, string>])[] = [
    ['that was named', 'saved hunter2-of-ann', { detail: 'hunter2-of-ann' }],
    ['an access key id', 'used AKIAIOSFODNN7EXAMPLE', {}],
    ['a temporary access key id', 'used ASIAIOSFODNN7EXAMPLE', {}],
    ['a secret access key', 'signed with wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', {}],
    ['in an address', 'GET /?X-Amz-Security-Token=hunter2-of-ann&a=1', {}],
    ['in a header', 'x-api-key: hunter3', {}],
    ['in an authorization', 'Authorization: AWS4-HMAC-SHA256 Credential=AKID/2024, Signature=hunter4', {}],
    ['by its name', 'context', { apiKey: 'hunter5', sessionToken: 'hunter6', secretAccessKey: 'hunter7' }],
    ['in a page address', 'at http://127.0.0.1:1/#token=hunter8', {}],
  ];
  it.each(cases)('%s is not in the log', async (_what, message, context) => {
    const logger = open();
    logger.redact('hunter2-of-ann');
    logger.warn(message, context);
    await logger.dispose();
    expect(read()).not.toMatch(/hunter|IOSFODNN7|wJalr/);
    expect(read()).toContain('[redacted]');
  });

  it('is not seen where there is none: digests, paths, ids and numbers stay readable', async () => {
    const logger = open();
    const text = 'da39a3ee5e6b4b0d3255bfef95601890afd80709 /home/ann/measurements/2024/january.csv 18f6e2d0-2d4b-4c1e-9a53-3f3d2f6f2a11';
    logger.info(text, { rows: 12 });
    await logger.dispose();
    expect(JSON.parse(read())).toMatchObject({ message: text, rows: 12 });
  });
});
