import { realpath } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Magic numbers of statfs(2) of file systems on which other computers make changes that are not told to this one. */
const networkTypes = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x65735546, // FUSE: sshfs, s3fs, rclone, Drive and the like
  0x01021997, // 9p: virtual machines, WSL
  0x5346414f, // AFS (OpenAFS)
  0x6b414653, // AFS (kernel)
  0x73757245, // Coda
  0x00c36400, // Ceph
  0x564c, // NCP
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x786f4256, // VirtualBox shared folder
  0xbacbacbc, // VMware shared folder
]);

/** By the type that statfs gives on Linux. */
export const isNetworkType = (type: number): boolean => networkTypes.has(type >>> 0);

/** `\\server\share…`, also in its long form; not `\\?\C:\…` or `\\.\…`. */
export const isUncPath = (path: string): boolean => /^(?:\\\\|\/\/)(?:[?.][\\/]UNC[\\/]|(?![?.][\\/]))[^\\/]/iu.test(path);

const realpathNative = promisify(realpath.native);

/**
 * Whether a folder is on a network drive. Windows: by its real path, which of a mapped drive letter names the server. macOS has
 * nothing that Node can ask, so it is always false there; `polling` can be chosen. False where it cannot be found out.
 */
export async function isNetworkFolder(path: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  try {
    if (platform === 'win32') return isUncPath(path) || isUncPath(await realpathNative(path));
    if (platform === 'linux') return isNetworkType((await statfs(path)).type);
    return false;
  } catch {
    // Not there or not readable: that is said by who looks into it.
    return false;
  }
}
