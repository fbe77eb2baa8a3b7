import { describe, expect, it } from 'vitest';
import { createMemoryVault, createRunVault } from '../../../electron/headless/run-vault.ts';

const credentials = { apiKey: 'key', accessKeyId: 'id', secretAccessKey: 'secret' };

describe('the vault of a run', () => {
  it('never hands secrets of the environment to the vault that writes', async () => {
    const saved = createMemoryVault();
    const vault = createRunVault(saved);
    await vault.set('env-1234', credentials);
    expect(await vault.get('env-1234')).toEqual(credentials);
    expect(await saved.get('env-1234')).toBeUndefined();
  });

  it('saves and forgets those of other connections', async () => {
    const saved = createMemoryVault();
    const vault = createRunVault(saved);
    await vault.set('plant', credentials);
    expect(await saved.get('plant')).toEqual(credentials);
    await vault.delete('plant');
    expect(await vault.get('plant')).toBeUndefined();
  });
});
