import { describe, expect, it } from 'vitest';
import { isNetworkFolder, isNetworkType, isUncPath } from '../../../../electron/engine/discover/network-drive.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('folders on network drives', () => {
  it.each([
    ['NFS', 0x6969, true],
    ['CIFS', 0xff534d42, true],
    ['CIFS as a signed number', 0xff534d42 | 0, true],
    ['SMB2', 0xfe534d42, true],
    ['sshfs', 0x65735546, true],
    ['ext4', 0xef53, false],
    ['tmpfs', 0x01021994, false],
    ['overlay', 0x794c7630, false],
    ['btrfs', 0x9123683e, false],
  ])('are told by the type of their file system: %s', (_name, type, expected) => {
    expect(isNetworkType(type)).toBe(expected);
  });

  it.each([
    ['\\\\server\\share\\folder', true],
    ['\\\\?\\UNC\\server\\share', true],
    ['//server/share', true],
    ['\\\\?\\C:\\folder', false],
    ['\\\\.\\C:\\folder', false],
    ['C:\\folder', false],
  ])('are told by their path on Windows: %s', (path, expected) => {
    expect(isUncPath(path)).toBe(expected);
  });

  it('are not what cannot be asked about', async () => {
    expect(await isNetworkFolder(`${temporaryFolder()}/gone`, 'linux')).toBe(false);
    expect(await isNetworkFolder(temporaryFolder(), 'darwin')).toBe(false);
  });
});
