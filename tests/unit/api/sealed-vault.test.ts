import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSealedVault, type VaultCipher } from '../../../electron/api/sealed-vault.ts';
import { createFileVault } from '../../../electron/headless/file-vault.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';
import { recordedLogger } from '../../fakes/recorded-logger.ts';

const plant = { apiKey: 'api-key-of-plant', accessKeyId: 'id-of-plant', secretAccessKey: 'secret-of-plant' };
const lab = { ...plant, apiKey: 'api-key-of-lab', sessionToken: 'session-of-lab' };
const clock = new ManualClock();
let dataDir: string;
let logger = recordedLogger();
const open = () => createFileVault({ dataDir, clock, logger });

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'vault-'));
  logger = recordedLogger();
});

describe('the file with the secrets', () => {
  it('keeps them over a restart, each to its connection', async () => {
    const vault = open();
    await Promise.all([vault.set('plant', plant), vault.set('lab', lab)]);
    expect(await open().get('plant')).toEqual(plant);
    expect(await open().get('lab')).toEqual(lab);
    expect(await open().get('other')).toBeUndefined();
    await open().delete('plant');
    expect(await open().get('plant')).toBeUndefined();
    expect(await open().get('lab')).toEqual(lab);
  });

  it('shows none of them, to nobody but the user', async () => {
    await open().set('plant', plant);
    for (const name of await readdir(dataDir)) {
      const file = path.join(dataDir, name);
      expect(await readFile(file, 'latin1')).not.toMatch(/of-plant|b2YtcGxhbn/);
      expect((await stat(file)).mode & 0o777, name).toBe(0o600);
    }
    expect((await readdir(dataDir)).sort()).toEqual(['vault.json', 'vault.key']);
  });

  it('that lost its key asks for the secrets again, and takes them', async () => {
    await open().set('plant', plant);
    await writeFile(path.join(dataDir, 'vault.key'), Buffer.alloc(32, 7));
    expect(await open().get('plant')).toBeUndefined();
    expect(logger.lines.join()).toContain('entered again');
    await open().set('plant', plant);
    expect(await open().get('plant')).toEqual(plant);
  });

  it('does not give the secrets of one connection to another, whoever edits it', async () => {
    await open().set('plant', plant);
    const file = path.join(dataDir, 'vault.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"plant"', '"evil"'));
    expect(await open().get('evil')).toBeUndefined();
  });

  it.each(['', '{', '{"version":2,"entries":[]}', 'null', '{"version":1,"entries":[{}]}'])(
    'that is damaged (“%s”) is set aside, not overwritten',
    async (text) => {
      await writeFile(path.join(dataDir, 'vault.json'), text);
      expect(await open().get('plant')).toBeUndefined();
      await open().set('plant', plant);
      expect(await open().get('plant')).toEqual(plant);
      const aside = (await readdir(dataDir)).find((name) => name.startsWith('vault.json.damaged-'));
      expect(await readFile(path.join(dataDir, aside ?? 'missing'), 'utf8')).toBe(text);
    },
  );

  it('sealed in another way is not opened in this one', async () => {
    const cipher: VaultCipher = {
      scheme: 'keychain',
      seal: async (_id, text) => Buffer.from(text),
      open: async (_id, sealed) => Buffer.from(sealed).toString(),
    };
    await createSealedVault({ dataDir, kind: 'keychain', cipher, clock, logger }).set('plant', plant);
    expect(await open().get('plant')).toBeUndefined();
  });

  it('that cannot be written says so, and what was saved stays', async () => {
    await open().set('plant', plant);
    const failing: VaultCipher = {
      scheme: 'aes-256-gcm',
      seal: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })),
      open: () => Promise.reject(new Error('not asked')),
    };
    const vault = createSealedVault({ dataDir, kind: 'file', cipher: failing, clock, logger });
    await expect(vault.set('plant', lab)).rejects.toMatchObject({ code: 'disk-full' });
    expect(await open().get('plant')).toEqual(plant);
    await writeFile(path.join(dataDir, 'vault.key'), 'short');
    await chmod(path.join(dataDir, 'vault.key'), 0o600);
    await expect(open().set('plant', lab)).rejects.toMatchObject({ code: 'vault-unavailable' });
  });
});
